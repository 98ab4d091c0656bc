// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU times and context switches of each process from taskstats, which is
 * requested over netlink for one thread group at a time. It has no list, so the
 * ids come from /proc.
 */

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/taskstats.h>

#include "bench.h"

#define BATCH 32

/* The beginning of every request: one attribute, followed by its value */
struct head {
	struct nlmsghdr header;
	struct genlmsghdr generic;
	struct nlattr attribute;
};

struct family_question {
	struct head head;
	char name[12];
};

struct group_question {
	struct head head;
	__u32 tgid;
};

struct reader {
	int socket;
	int proc;
	__u16 family;
	struct group_question questions[BATCH];
	int nr_questions;
	struct taskstats stats;
	char names[32768];
	char answer[4096];
};

static void head_init(struct head *head, __u16 family, __u8 command,
		      __u16 attribute, __u32 length)
{
	memset(head, 0, sizeof(*head));
	head->header.nlmsg_type = family;
	head->header.nlmsg_flags = NLM_F_REQUEST;
	head->header.nlmsg_len = (__u32)sizeof(*head) + length;
	head->generic.cmd = command;
	head->generic.version = 1;
	head->attribute.nla_type = attribute;
	head->attribute.nla_len = (__u16)(sizeof(head->attribute) + length);
}

static const struct nlattr *attribute_next(const struct nlattr *attribute)
{
	return (const void *)((const char *)attribute +
			      NLA_ALIGN(attribute->nla_len));
}

/* The first attribute of the next answer, or NULL for an error message */
static const struct nlattr *receive(struct reader *reader)
{
	struct nlmsghdr *header = (void *)reader->answer;

	bench_must(recv(reader->socket, reader->answer, sizeof(reader->answer),
			0), "recv");
	if (header->nlmsg_type == NLMSG_ERROR)
		return NULL;
	return (void *)(reader->answer + NLMSG_LENGTH(GENL_HDRLEN));
}

static __u16 family_find(struct reader *reader)
{
	struct family_question question = { .name = TASKSTATS_GENL_NAME };
	const struct nlattr *attribute;
	__u16 id;

	head_init(&question.head, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
		  CTRL_ATTR_FAMILY_NAME, sizeof(question.name));
	bench_must(send(reader->socket, &question, sizeof(question), 0),
		   "send");
	attribute = receive(reader);
	if (!attribute)
		bench_die("no taskstats");
	while (attribute->nla_type != CTRL_ATTR_FAMILY_ID)
		attribute = attribute_next(attribute);
	memcpy(&id, attribute + 1, sizeof(id));
	return id;
}

/* The answer is nested: group { id, stats } */
static long answer_read(struct reader *reader)
{
	const struct nlattr *group = receive(reader), *stats;

	if (!group)	/* gone */
		return 0;
	stats = attribute_next(group + 1);
	memcpy(&reader->stats, stats + 1, sizeof(reader->stats));
	return 1;
}

static long ask(struct reader *reader)
{
	size_t length = (size_t)reader->nr_questions *
			sizeof(struct group_question);
	long nr = 0;

	bench_must(send(reader->socket, reader->questions, length, 0), "send");
	for (; reader->nr_questions; reader->nr_questions--)
		nr += answer_read(reader);
	return nr;
}

static long add(struct reader *reader, const char *name)
{
	struct group_question *question;

	question = &reader->questions[reader->nr_questions++];
	head_init(&question->head, reader->family, TASKSTATS_CMD_GET,
		  TASKSTATS_CMD_ATTR_TGID, sizeof(question->tgid));
	question->tgid = (__u32)atol(name);
	return reader->nr_questions == BATCH ? ask(reader) : 0;
}

static long read_all(void *_reader)
{
	struct reader *reader = _reader;
	long bytes, at, nr = 0;

	bench_must(lseek(reader->proc, 0, SEEK_SET), "lseek");
	while ((bytes = bench_must(syscall(SYS_getdents64, reader->proc,
					   reader->names,
					   sizeof(reader->names)),
				   "getdents64"))) {
		struct dirent64 *entry;

		for (at = 0; at < bytes; at += entry->d_reclen) {
			entry = (void *)(reader->names + at);
			if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
				nr += add(reader, entry->d_name);
		}
	}
	return nr + (reader->nr_questions ? ask(reader) : 0);
}

int main(void)
{
	static struct reader reader;

	reader.socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			       NETLINK_GENERIC);
	bench_must(reader.socket, "socket");
	reader.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bench_must(reader.proc, "/proc");
	reader.family = family_find(&reader);
	bench_run("taskstats", read_all, &reader);
	return 0;
}
