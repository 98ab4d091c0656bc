# SPDX-License-Identifier: GPL-2.0-only
#
# The only makefile. Sources are found by directory; everything made goes to BUILD.
#
#   make run            build, load the driver (here or in a guest), show live data
#   make check          build and run the tests, about 40 minutes
#   make check-long     valgrind, and loads that take many minutes
#   make check-panels   draw the dashboards with Grafana's components
#   make check-kernels  the driver's tests on older and newer kernels, and for arm64
#   make check-debug    the same on kernels that detect bugs at run time
#   make abi            update the record of the library's ABI
#   make fuzz           feed the parsers with random and malformed input
#   make                build library, command line, daemon

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VERSION := $(shell cat VERSION)
BUILD ?= build
O := $(abspath $(BUILD))

CC ?= cc
AR ?= ar
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/contmon
DOCDIR ?= $(PREFIX)/share/doc/contmon
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
TESTDIR ?= $(PREFIX)/lib/contmon/tests
SYSCONFDIR ?= /etc
UDEVDIR ?= /usr/lib/udev/rules.d
SYSUSERSDIR ?= /usr/lib/sysusers.d
MODULESLOADDIR ?= /usr/lib/modules-load.d
UNITDIR ?= /usr/lib/systemd/system
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=

ifneq ($(V),1)
Q := @
msg = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))'
endif

WARN := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla
ALL_CFLAGS := -std=gnu11 $(WARN) $(WERROR) -fvisibility=hidden -D_GNU_SOURCE \
	-DCONTMON_VERSION='"$(VERSION)"' -MMD -MP \
	-I . -isystem driver/uapi -I libcontmon $(CFLAGS)

LIB_PKGS :=
CLI_PKGS := yaml-0.1 jansson ncursesw smartcols inih sqlite3 libzstd
DAEMON_PKGS := libudev jansson libmicrohttpd gnutls libsystemd inih zlib \
	sqlite3 libzstd libcurl libprotobuf-c snappy
# contmond loads these with the first target, see base/library.h.
LOADED_PKGS := libcurl snappy
ENGINE_PKGS := jansson libcurl libsystemd
TEST_PKGS := cmocka $(CLI_PKGS) $(DAEMON_PKGS) $(ENGINE_PKGS)

pkg_cflags = $(if $(strip $(1)),$(shell $(PKG_CONFIG) --cflags $(1)))
pkg_libs = $(if $(strip $(1)),$(shell $(PKG_CONFIG) --libs $(1)))

SONAME := libcontmon.so.1
LIB_SO := $(O)/lib/libcontmon.so.1.0.0
LIB_A := $(O)/lib/libcontmon.a
obj = $(patsubst %.c,$(O)/obj/%.o,$(1))
WEB_OBJ := $(O)/obj/contmond/serve/web.o
SCHEMA_OBJ := $(O)/obj/contmond/store/schema.o
PROTO := $(O)/proto/remote_write.pb-c
PROTO_OBJ := $(O)/obj/contmond/forward/remote_write.pb-c.o

LIB_SRC := $(wildcard libcontmon/*.c)
LIB_OBJ := $(call obj,$(LIB_SRC))
# Each directory at the top belongs to one program, including its subdirectories.
below = $(sort $(shell find $(1) -name '$(2)'))
BASE_SRC := $(call below,base,*.c)
OWNER_SRC := $(call below,owner,*.c)
CLI_SRC := $(call below,contmon,*.c)
# contmon reads contmond's database with the code that wrote it.
PAST_SRC := $(wildcard contmond/store/*.c) contmond/model/rows.c \
	contmond/model/title.c contmond/collect/devices.c
DAEMON_SRC := $(call below,contmond,*.c)
# contmon reads containers of cgroup v1 with contmond's code for their files.
V1_SRC := $(addprefix contmond/collect/,bounds.c cgroup_stats.c \
	cgroup1_files.c cgroup1_row.c cgroupfs.c cgroupfs_parse.c \
	directories.c flat.c limits.c settings.c small_file.c tally.c)
# contmon checks and replays rules with the code that decides by them.
POLICY_SRC := $(wildcard contmond/policy/*.c) contmond/model/policing.c
ENGINE_SRC := $(call below,contmon-engine,*.c)
UNIT_SRC := $(call below,tests/unit,test_*.c)
UAPI_SRC := $(wildcard tests/uapi/test_*.c)
PTY_SRC := $(wildcard tests/pty/*.c)
LOAD_SRC := $(wildcard load/*.c)
# contmon finds it from its own directory, as it does the library.
LOAD_TAR := $(O)/lib/contmon/load.tar

BIN := $(O)/bin/contmon $(O)/bin/contmond $(O)/bin/contmon-engine
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/tests/unit/%,$(UNIT_SRC))
UAPI_BIN := $(patsubst tests/uapi/%.c,$(O)/tests/uapi/%,$(UAPI_SRC)) \
	$(O)/tests/uapi/test_compat32
PTY_BIN := $(patsubst %.c,$(O)/%,$(PTY_SRC))

.PHONY: all lib abi examples driver test-programs guest-programs install \
	install-lib install-tests run check check-long check-panels check-kernels \
	check-debug lint unit guest demo clean web

all: lib $(BIN) $(LOAD_TAR)

lib: $(LIB_SO) $(LIB_A)

# --- library -----------------------------------------------------------------

$(LIB_SO): $(LIB_OBJ) libcontmon/libcontmon.map
	@mkdir -p $(@D)
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs \
		-Wl,--version-script=libcontmon/libcontmon.map \
		-o $@ $(filter %.o,$^)
	$(Q)ln -sf $(notdir $@) $(O)/lib/$(SONAME)
	$(Q)ln -sf $(SONAME) $(O)/lib/libcontmon.so

# One object whose hidden symbols are local, so that the library's private names
# cannot clash with those of a program that is linked with it.
$(LIB_A): $(LIB_OBJ)
	@mkdir -p $(@D)
	$(call msg,AR,$@)
	$(Q)$(CC) $(CFLAGS) -r -nostdlib -o $(@:.a=.o) $^
	$(Q)$(OBJCOPY) --localize-hidden $(@:.a=.o)
	$(Q)rm -f $@ && $(AR) rcs $@ $(@:.a=.o) && rm $(@:.a=.o)

$(O)/obj/libcontmon/%.o: libcontmon/%.c
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC -c -o $@ $<

# Only after a change that is compatible with programs already linked, or with a
# new SONAME: see CONTRIBUTING.md.
abi:
	tests/abi --write

# --- examples ----------------------------------------------------------------
#
# Strict C11, against an installed library, found with pkg-config.

EXAMPLE_SRC := $(wildcard libcontmon/examples/*.c)
EXAMPLE_BIN := $(patsubst libcontmon/examples/%.c,$(O)/examples/%,\
	$(EXAMPLE_SRC))
STAGE := $(O)/stage
STAGE_PKGS := PKG_CONFIG_SYSROOT_DIR=$(STAGE) \
	PKG_CONFIG_LIBDIR=$(STAGE)/opt/lib64/pkgconfig $(PKG_CONFIG)

examples: $(EXAMPLE_BIN)

$(STAGE)/.done: $(LIB_SO) $(LIB_A) libcontmon/contmon.h $(EXAMPLE_SRC) \
		driver/uapi/linux/contmon.h libcontmon/libcontmon.pc.in
	$(Q)rm -rf $(STAGE)
	+$(Q)$(MAKE) -s install-lib DESTDIR=$(STAGE) PREFIX=/opt \
		LIBDIR=/opt/lib64 INCLUDEDIR=/opt/include DATADIR=/opt/share/contmon
	$(Q)touch $@

$(O)/examples/%: libcontmon/examples/%.c $(STAGE)/.done
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) -std=c11 -pedantic $(WARN) $(WERROR) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $$($(STAGE_PKGS) --cflags --libs libcontmon)

# --- programs ----------------------------------------------------------------

$(O)/obj/base/%.o: PKGS := jansson libcurl libsystemd inih zlib
$(O)/obj/contmon/%.o: PKGS := $(CLI_PKGS)
$(O)/obj/contmond/%.o: PKGS := $(DAEMON_PKGS)
$(O)/obj/contmon-engine/%.o: PKGS := $(ENGINE_PKGS)

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(PKGS)) -c -o $@ $<

RPATH := -Wl,-rpath,'$$ORIGIN/../lib'

# Only daemons need libsystemd: for their log, see contmon/past/log.c, and for
# the event loop. Only contmond packs what it sends.
CLI_BASE_SRC := $(filter-out base/log.c base/act_client.c \
	base/unix_client.c base/gzip.c,$(BASE_SRC))

$(O)/bin/contmon: $(call obj,$(CLI_BASE_SRC) $(OWNER_SRC) $(CLI_SRC) \
		$(PAST_SRC) $(POLICY_SRC) $(V1_SRC)) $(SCHEMA_OBJ) $(LIB_SO)
	@mkdir -p $(@D)
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(RPATH) -L$(O)/lib -lcontmon \
		$(call pkg_libs,$(CLI_PKGS)) -lm

$(O)/bin/contmond: $(call obj,$(BASE_SRC) $(OWNER_SRC) $(DAEMON_SRC)) \
		$(WEB_OBJ) $(SCHEMA_OBJ) $(PROTO_OBJ) $(LIB_SO)
	@mkdir -p $(@D)
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(RPATH) -L$(O)/lib -lcontmon \
		$(call pkg_libs,$(filter-out $(LOADED_PKGS),$(DAEMON_PKGS))) \
		-lm

# contmon-engine has no configuration file, and packs nothing.
ENGINE_BASE_SRC := $(filter-out base/ini.c base/gzip.c,$(BASE_SRC))

$(O)/bin/contmon-engine: $(call obj,$(ENGINE_BASE_SRC) $(ENGINE_SRC))
	@mkdir -p $(@D)
	$(call msg,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(call pkg_libs,$(ENGINE_PKGS))

# The page is embedded in contmond. Its charts come from npm, with the version
# pinned in contmond/serve/web/package-lock.json.
WEB_SRC := $(wildcard contmond/serve/web/*)

web: $(O)/web/.done

$(O)/web/.done: $(WEB_SRC)
	$(call msg,WEB,$(O)/web)
	$(Q)contmond/serve/web/build $(O)/web
	$(Q)touch $@

$(WEB_OBJ): contmond/serve/web.S $(O)/web/.done
	@mkdir -p $(@D)
	$(call msg,AS,$@)
	$(Q)$(CC) -I $(O)/web -c -o $@ $<

# The schema of the database is embedded unchanged.
$(SCHEMA_OBJ): contmond/store/schema.S contmond/store/schema.sql
	@mkdir -p $(@D)
	$(call msg,AS,$@)
	$(Q)$(CC) -c -o $@ $<

# The messages of Prometheus' remote write, in code that protoc-c writes.
$(PROTO).c $(PROTO).h &: contmond/forward/remote_write.proto
	@mkdir -p $(@D)
	$(call msg,PROTO,$(PROTO).c)
	$(Q)protoc-c -I $(<D) --c_out=$(@D) $<

$(PROTO_OBJ): $(PROTO).c
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) -std=gnu11 -fvisibility=hidden -MMD -MP $(CFLAGS) \
		$(call pkg_cflags,libprotobuf-c) -c -o $@ $<

$(O)/obj/contmond/forward/remote_write.o: ALL_CFLAGS += -isystem $(O)/proto
$(O)/obj/contmond/forward/remote_write.o: $(PROTO).h

# What containers of `contmon load` run, as the file system of their image. Its
# name there is that by which its type of workload is recognised. There are no
# static sanitizers.
LOAD_ROOT := $(O)/load/root

$(LOAD_ROOT)/stress: $(LOAD_SRC) $(wildcard load/*.h)
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(filter-out -M% -fsanitize=%,$(ALL_CFLAGS)) -static -s -o $@ \
		$(LOAD_SRC)

$(LOAD_TAR): $(LOAD_ROOT)/stress
	@mkdir -p $(@D)
	$(call msg,TAR,$@)
	$(Q)mkdir -p $(LOAD_ROOT)/tmp && chmod 1777 $(LOAD_ROOT)/tmp
	$(Q)tar -C $(LOAD_ROOT) --format=ustar --sort=name --mtime=@0 --owner=0 \
		--group=0 --numeric-owner -cf $@ stress tmp

# --- driver ------------------------------------------------------------------

# Kbuild writes next to its sources, so each kernel gets a copy of driver/.
DRIVER_OUT := $(O)/driver/$(KVER)

driver: $(DRIVER_OUT)/contmon.ko

DRIVER_SRC := $(wildcard driver/*.[ch] driver/Kbuild driver/probe/* \
	driver/uapi/linux/*)

$(DRIVER_OUT)/contmon.ko: $(DRIVER_SRC)
	$(call msg,KBUILD,$@)
	$(Q)mkdir -p $(DRIVER_OUT)
	$(Q)cp -a --update driver/. $(DRIVER_OUT)/
	+$(Q)$(MAKE) --no-print-directory -C $(KDIR) M=$(DRIVER_OUT) \
		$(if $(W),W=$(W)) CONTMON_VERSION=$(VERSION) modules

# --- tests -------------------------------------------------------------------

test-programs: $(UNIT_BIN) $(UAPI_BIN) $(PTY_BIN)

# Programs that the tests in the guest run there
guest-programs: $(UAPI_BIN) examples

# A unit test is linked with every object except the programs' mains, and one
# log.
UNIT_OBJ := $(LIB_OBJ) $(WEB_OBJ) $(SCHEMA_OBJ) $(PROTO_OBJ) $(call obj,\
	$(filter-out %/main.c contmon/past/log.c,$(BASE_SRC) $(OWNER_SRC) \
	$(CLI_SRC) $(DAEMON_SRC) $(ENGINE_SRC)))

STORE_BENCH := $(O)/tests/bench/store/history
FAKED := $(UNIT_BIN) $(PTY_BIN) $(STORE_BENCH)

$(O)/tests/pty/fake_contmon: contmon/main.c
$(O)/tests/pty/fake_contmond: contmond/main.c

$(FAKED): $(O)/tests/%: tests/%.c $(UNIT_OBJ)
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(filter-out -fvisibility=hidden,$(ALL_CFLAGS)) \
		$(call pkg_cflags,$(TEST_PKGS)) $(LDFLAGS) \
		$$(sed -n 's/^ \* wrap: *//p' $< | sed 's/[^ ][^ ]*/-Wl,--wrap=&/g') \
		-o $@ $< $(filter %.o %.a,$^) $(call pkg_libs,$(TEST_PKGS)) -lm

# Raw ioctls, static, no library: they test only the driver. There are no static
# sanitizers.
UAPI_CFLAGS = $(filter-out -fsanitize=%,$(ALL_CFLAGS))

$(O)/tests/uapi/test_compat32: ALL_CFLAGS += -m32
$(O)/tests/uapi/test_compat32: tests/uapi/test_ioctl.c
	@mkdir -p $(@D)
	$(call msg,CC32,$@)
	$(Q)$(CC) $(UAPI_CFLAGS) -static -o $@ $<

$(O)/tests/uapi/%: tests/uapi/%.c
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(UAPI_CFLAGS) -static -pthread -o $@ $<

# --- fuzzing -----------------------------------------------------------------
#
# Not part of all: libFuzzer needs clang. A target is linked with the parsers,
# which are instrumented, so it has a separate BUILD.

FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(FUZZ_SRC))
FUZZ_OBJ := $(call obj,contmon/cli/error.c contmon/cli/text.c contmon/cli/time.c \
	contmon/past/import_csv.c contmon/past/import_json.c \
	contmon/past/imported.c contmon/table/members.c \
	contmond/forward/headers.c contmond/forward/item.c \
	contmond/forward/labels.c contmond/forward/options_check.c \
	contmond/forward/summary.c contmond/forward/template.c \
	contmond/model/emit.c contmond/model/rows.c contmond/model/title.c \
	contmond/store/layout.c contmond/store/past_tables.c \
	contmon-engine/large.c contmon-engine/mounts.c contmon-engine/parse.c \
	contmon-engine/socket_path.c contmon-engine/split.c \
	contmon-engine/way.c \
	$(POLICY_SRC) base/act_answer.c base/act_protocol.c base/buffer.c base/ini.c \
	base/json_text.c base/lines.c base/names_protected.c base/secret.c \
	base/names_engines.c base/names_protocol.c base/sorted.c base/text.c \
	base/user_slice.c base/utf8.c base/words.c)
# Requests go to all that answers them, and a configuration names what all of
# contmond has.
FUZZ_DAEMON_BIN := $(O)/fuzz/request $(O)/fuzz/config
FUZZ_DAEMON_OBJ := $(WEB_OBJ) $(SCHEMA_OBJ) $(PROTO_OBJ) $(call obj,\
	$(filter-out %/main.c,$(BASE_SRC) $(OWNER_SRC) $(DAEMON_SRC)))
FUZZ_SANITIZE := address,undefined
FUZZ_MAKE := $(MAKE) -s BUILD=$(BUILD)/fuzzing CC=clang \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,$(FUZZ_SANITIZE) \
	-fno-sanitize-recover=all'

.PHONY: fuzz fuzz-programs
fuzz:
	tests/deps check
	+$(FUZZ_MAKE) fuzz-programs
	tests/fuzz/run $(BUILD)/fuzzing

fuzz-programs: $(FUZZ_BIN)

FUZZ_PKGS := jansson inih
$(FUZZ_DAEMON_BIN): FUZZ_PKGS := cmocka $(DAEMON_PKGS)
$(FUZZ_DAEMON_BIN): $(FUZZ_DAEMON_OBJ)

$(O)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(FUZZ_OBJ) $(LIB_OBJ)
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(filter-out -fsanitize=%,$(ALL_CFLAGS)) \
		-fsanitize=fuzzer,$(FUZZ_SANITIZE) \
		$(call pkg_cflags,$(FUZZ_PKGS)) $(LDFLAGS) -o $@ $< \
		$(filter %.o %.a,$^) $(call pkg_libs,$(FUZZ_PKGS)) -lm

# --- benchmark ---------------------------------------------------------------
#
# Not part of all: the BPF programs need clang, bpftool and libbpf, and a
# kernel's BTF for their vmlinux.h. tests/bench/run makes these in the guest
# root.

BENCH_SRC := $(filter-out %.bpf.c,$(wildcard tests/bench/*.c))
BENCH_BPF := $(wildcard tests/bench/*.bpf.c)
BENCH_BIN := $(patsubst tests/bench/%.c,$(O)/bench/%,$(BENCH_SRC))
BENCH_OBJ := $(O)/obj/bench/$(KVER)
BENCH_SKEL := $(patsubst tests/bench/%.bpf.c,$(BENCH_OBJ)/%.skel.h,$(BENCH_BPF))

.PHONY: bench bench-daemon bench-paint bench-programs bench-serve bench-store \
	install-bench
bench:
	tests/bench/run

bench-daemon:
	tests/bench/run --mode daemon

# PAGE=1 writes contmond/SERVE.md, QUICK=1 is for trying it: 100 containers.
bench-serve: $(O)/tests/pty/fake_contmond
	/usr/bin/python3 tests/bench/serve.py $(O) $(if $(PAGE),--page) \
		$(if $(QUICK),--quick)

bench-programs: $(BENCH_BIN)

# A month of a busy host in the real store: takes an hour, or some minutes with
# DAYS=1. Fails if a goal is missed; with less than a month, size and charts have
# no verdict.
DAYS ?= 30
bench-store: $(STORE_BENCH)
	rm -f $(O)/bench-store.db*
	$(STORE_BENCH) $(O)/bench-store.db $(DAYS)

# How soon a dashboard of Grafana has all of its answers: 20 minutes, or with
# FULL=1, which feeds every tick of the past, an hour more.
bench-paint: $(STORE_BENCH) $(O)/tests/pty/fake_contmond
	/usr/bin/python3 tests/grafana/first_paint.py $(O) --days $(DAYS) \
		$(if $(FULL),--full)

# A program lists the packages that it needs; one that needs none is static.
bench_pkgs = $$(sed -n 's/^ \* pkg-config: *//p' $<)

$(O)/bench/%: tests/bench/%.c tests/bench/bench.h $(BENCH_SKEL)
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)pkgs=$(bench_pkgs); libs=-static; \
	[ -z "$$pkgs" ] || libs=$$($(PKG_CONFIG) --cflags --libs $$pkgs) && \
	$(CC) $(ALL_CFLAGS) -isystem $(BENCH_OBJ) -pthread -o $@ $< $$libs

$(BENCH_OBJ)/%.skel.h: tests/bench/%.bpf.c $(wildcard tests/bench/*.bpf.h) \
		$(BENCH_OBJ)/vmlinux.h
	$(call msg,BPF,$@)
	$(Q)clang -O2 -g -Wall --target=bpf -mcpu=v3 -isystem $(BENCH_OBJ) \
		-isystem driver/uapi -c -o $(@:.skel.h=.bpf.o) $<
	$(Q)bpftool gen skeleton $(@:.skel.h=.bpf.o) name $*_bpf >$@

$(BENCH_OBJ)/vmlinux.h:
	@mkdir -p $(@D)
	$(call msg,BTF,$@)
	$(Q)bpftool btf dump file $(KDIR)/vmlinux format c >$@

install-bench: bench-programs
	mkdir -p $(DESTDIR)$(TESTDIR)/bench
	cp $(BENCH_BIN) $(DESTDIR)$(TESTDIR)/bench/

# pkg-config needs the packages when make starts, so these targets restart make.

check:
	tests/deps check
	tests/check

check-long:
	tests/deps check
	tests/check long

check-panels:
	tests/deps check
	tests/check panels

check-kernels:
	tests/deps check
	tests/check kernels

check-debug:
	tests/deps check
	tests/check debug

lint unit guest demo:
	tests/check $@

run:
	tests/deps run
	tests/vm/demo

# --- install -----------------------------------------------------------------

inst = install -D -m $(1) $(2) $(DESTDIR)$(3)

install-lib: lib
	$(call inst,755,$(LIB_SO),$(LIBDIR)/$(notdir $(LIB_SO)))
	ln -sf $(notdir $(LIB_SO)) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libcontmon.so
	$(call inst,644,$(LIB_A),$(LIBDIR)/libcontmon.a)
	$(call inst,644,libcontmon/contmon.h,$(INCLUDEDIR)/contmon.h)
	$(call inst,644,driver/uapi/linux/contmon.h,$(INCLUDEDIR)/linux/contmon.h)
	mkdir -p $(DESTDIR)$(LIBDIR)/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		libcontmon/libcontmon.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/libcontmon.pc
	$(call inst,644,libcontmon/libcontmon.3,$(MANDIR)/man3/libcontmon.3)
	mkdir -p $(DESTDIR)$(DATADIR)/examples
	cp $(EXAMPLE_SRC) $(DESTDIR)$(DATADIR)/examples/

install: all install-lib
	$(call inst,755,$(O)/bin/contmon,$(BINDIR)/contmon)
	$(call inst,644,$(LOAD_TAR),$(PREFIX)/lib/contmon/load.tar)
	$(call inst,755,$(O)/bin/contmond,$(SBINDIR)/contmond)
	$(call inst,755,$(O)/bin/contmon-engine,$(SBINDIR)/contmon-engine)
	$(call inst,644,driver/contmon.4,$(MANDIR)/man4/contmon.4)
	$(call inst,644,contmon/contmon.1,$(MANDIR)/man1/contmon.1)
	$(call inst,644,contmon/completion/contmon.bash,$(BASHDIR)/contmon)
	$(call inst,644,contmon/completion/contmon.zsh,$(ZSHDIR)/_contmon)
	$(call inst,644,contmon/completion/contmon.fish,$(FISHDIR)/contmon.fish)
	$(call inst,644,contmon-engine/contmon-engine.8,$(MANDIR)/man8/contmon-engine.8)
	$(call inst,644,contmond/contmond.8,$(MANDIR)/man8/contmond.8)
	for page in contmond/*.md contmond/openapi.json; do \
		install -D -m 644 -t $(DESTDIR)$(DOCDIR) $$page; done
	$(call inst,644,contmond/contmond.conf.5,$(MANDIR)/man5/contmond.conf.5)
	sed 's|@DATADIR@|$(DATADIR)|' contmond/contmon-policy.5 | install -D \
		-m 644 /dev/stdin $(DESTDIR)$(MANDIR)/man5/contmon-policy.5
	$(call inst,644,contmond/contmond.conf,$(SYSCONFDIR)/contmon/contmond.conf)
	for unit in contmond contmon-engine; do \
		sed 's|@SBINDIR@|$(SBINDIR)|' $$unit/$$unit.service.in | \
		install -D -m 644 /dev/stdin $(DESTDIR)$(UNITDIR)/$$unit.service; done
	for example in act rootless; do \
		sed -e 's|@SBINDIR@|$(SBINDIR)|' -e 's|@DOCDIR@|$(DOCDIR)|' \
		contmon-engine/$$example.conf.in | \
		install -D -m 644 /dev/stdin $(DESTDIR)$(DOCDIR)/$$example.conf; done
	$(call inst,644,udev/60-contmon.rules,$(UDEVDIR)/60-contmon.rules)
	$(call inst,644,udev/contmon.sysusers,$(SYSUSERSDIR)/contmon.conf)
	$(call inst,644,udev/contmon.modules-load,$(MODULESLOADDIR)/contmon.conf)
	$(call inst,755,contmond/examples/receiver.py,$(DATADIR)/examples/receiver.py)
	mkdir -p $(DESTDIR)$(DATADIR) && cp -r grafana $(DESTDIR)$(DATADIR)/
	install -D -m 644 -t $(DESTDIR)$(DATADIR)/policy.d \
		contmond/policy/presets/*.conf
	$(if $(wildcard $(DRIVER_OUT)/contmon.ko),$(call inst,644,\
		$(DRIVER_OUT)/contmon.ko,/lib/modules/$(KVER)/updates/contmon.ko))

install-tests: guest-programs
	mkdir -p $(DESTDIR)$(TESTDIR)
	cp -r tests/guest $(O)/examples $(O)/tests/uapi $(DESTDIR)$(TESTDIR)/
	find $(DESTDIR)$(TESTDIR) -name '*.d' -delete

clean:
	rm -rf $(O)/obj $(O)/bin $(O)/lib $(O)/load $(O)/tests $(O)/bench \
		$(O)/driver $(O)/proto $(O)/web $(O)/fuzzing $(O)/examples $(O)/stage

-include $(shell find $(O)/obj $(O)/tests -name '*.d' 2>/dev/null)
