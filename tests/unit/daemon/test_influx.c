// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/forward_text.h"

static void test_rows(void **state)
{
	(void)state;
	write_with(&text, &influx_protocol, &plain_options, NULL,
		   "contmon_system_load1", 0.25);
	must_be("contmon_system,host=host\\ 1 load1=0.25 "
		"1700000000123000000\n");
	write_with(&text, &influx_protocol, &site_options, &web,
		   "container_memory_usage_bytes", 8192);
	must_be("container,container_label_com_docker_compose_project=shop,"
		"host=host\\ 1,id=/a\\x2db/docker-0.scope,image=nginx:1,"
		"name=web\\,\\ 1,site=a\\=b memory_usage_bytes=8192 "
		"1700000000123000000\n");
	write_with(&text, &influx_protocol, &plain_options, &web,
		   "contmon_container_cpu_cores", 1.5);
	must_be("contmon_container,"
		"container_label_com_docker_compose_project=shop,"
		"host=host\\ 1,id=/a\\x2db/docker-0.scope,image=nginx:1,"
		"name=web\\,\\ 1 cpu_cores=1.5 1700000000123000000\n");
}

/* Without a known number there is no line. */
static void test_unknown(void **state)
{
	(void)state;
	write_with(&text, &influx_protocol, &plain_options, &web,
		   "contmon_container_cpu_cores", NAN);
	must_be("");
}

static void test_texts(void **state)
{
	struct tick_owner odd = { .id = "i", .title = "a\nb\\ c\\",
				  .image = "\xff" };

	(void)state;
	write_with(&text, &influx_protocol, &plain_options, &odd,
		   "container_processes", 2);
	must_be("container,host=host\\ 1,id=i,image=\xef\xbf\xbd,"
		"name=a\\ b/\\ c/ processes=2 1700000000123000000\n");
}

/* Every number that is sent belongs to one measurement. */
static void test_all_metrics(void **state)
{
	const struct sent *sent = sent_metrics();
	size_t i;

	(void)state;
	assert_true(sent->containers.nr > 60 && sent->host.nr > 15);
	for (i = 0; i < sent->containers.nr + sent->host.nr; i++) {
		bool is_host = i >= sent->containers.nr;

		write_with(&text, &influx_protocol, &plain_options,
			   is_host ? NULL : &web,
			   is_host ? sent->host.all[i -
						    sent->containers.nr].name :
				     sent->containers.all[i].name, 1);
		assert_true(text.length > 0);
		assert_ptr_equal(memchr(text.text, '\n', text.length),
				 text.text + text.length - 1);
		buffer_done(&text);
		text = (struct buffer){ 0 };
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_all_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
