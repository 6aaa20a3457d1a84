# Builds migc, its runtime and the sample host; "make help" lists what it can do.
# Whatever needs more than a line is a script in tests/.

VERSION := $(shell sed -n 's/^.define MIGC_VERSION "\(.*\)"/\1/p' runtime/migc.h)
ABI     := $(shell sed -n 's/^.define MIGC_ABI //p' runtime/migc.h)

BUILD   ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
SHAREDIR ?= $(PREFIX)/share
MANDIR  ?= $(SHAREDIR)/man
INSTALL ?= install

# The runtime goes into other people's programs: it is built for size.  CFLAGS that are given
# hold for all of it.  DEBUG=1 keeps the assertions.
ifeq ($(origin CFLAGS),undefined)
CFLAGS = -O2 -g
RUNTIME_CFLAGS ?= -Os -g
endif
RUNTIME_CFLAGS ?= $(CFLAGS)

# SQLITE=DIR takes the amalgamation in DIR (sqlite3.c and sqlite3.h) instead of the system's
# SQLite, built with SQLITE_FLAGS, and builds below build/sqlite-VERSION.
SQLITE       ?=
SQLITE_FLAGS ?= -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS \
                -DSQLITE_ENABLE_FTS3_TOKENIZER -DSQLITE_ENABLE_DBSTAT_VTAB -DSQLITE_ENABLE_COLUMN_METADATA
ifneq ($(SQLITE),)
BUILD        := $(if $(filter file,$(origin BUILD)),build/sqlite-$(shell sed -n \
                's/^.define SQLITE_VERSION  *"\(.*\)"/\1/p' $(SQLITE)/sqlite3.h),$(BUILD))
SQLITE_CFLAGS = -I$(abspath $(SQLITE))
SQLITE_FILE   = $(BUILD)/sqlite3.o
SQLITE_LIBS   = $(abspath $(SQLITE_FILE)) -lpthread -ldl -lm
endif
SQLITE_LIBS  ?= -lsqlite3
XXHASH_LIBS ?= -lxxhash
YAML_LIBS   ?= -lyaml
SUM_LIBS    ?= -lmd -lz
COMPILER_LIBS = $(XXHASH_LIBS) $(YAML_LIBS) $(SUM_LIBS)

# V=1 shows the commands, WERROR=1 makes warnings errors, TEST_ARGS goes to tests/run, and
# WRAP stands in front of every C test program:  make test WRAP='valgrind -q'
V         ?=
DEBUG     ?=
WERROR    ?=
WRAP      ?=
TEST_ARGS ?=
MUTANTS   ?= 1000
MUTATED   ?= migrations $(addprefix tests/mutate/,shop budget clinic library mail stock school cinema)

SONAME   = -Wl,-soname,libmigc.so.$(ABI)
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           $(if $(WERROR),-Werror)
BASE     = $(if $(DEBUG),,-DNDEBUG) -D_POSIX_C_SOURCE=200809L -Iruntime $(SQLITE_CFLAGS) \
           $(WARNINGS) -MMD -MP
C11      = -std=c11 $(BASE)
C99      = -std=c99 $(BASE)
SAY      = $(if $(V),,@echo '  $@';)
COMPILE  = $(SAY)$(CC) $(CPPFLAGS) $(1) $(CFLAGS) -c -o $@ $<
LINK     = $(SAY)$(CC) $(CFLAGS) $(LDFLAGS) $(1) -o $@ $^

COMPILER := $(patsubst compiler/%.c,$(BUILD)/compiler/%.o,$(wildcard compiler/*.c compiler/*/*.c))
STAGES   := $(filter-out $(BUILD)/compiler/main.o,$(COMPILER))
DQLITE   := $(patsubst runtime/%.c,$(BUILD)/runtime/%.o,$(wildcard runtime/dqlite/*.c))
RUNTIME  := $(filter-out $(DQLITE),$(patsubst runtime/%.c,$(BUILD)/runtime/%.o,$(wildcard runtime/*/*.c)))
HOST     := $(patsubst tests/host/%.c,$(BUILD)/host/%.o,$(wildcard tests/host/*.c)) \
            $(BUILD)/generated/notes.o
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
SANITY   := $(patsubst tests/sanity/unit/%.c,$(BUILD)/sanity/tests/%,$(wildcard tests/sanity/unit/*.c))
MUTATE   := $(patsubst tests/mutate/%.c,$(BUILD)/mutate/%.o,$(wildcard tests/mutate/*.c))
PAGES    := $(wildcard compiler/*.[1357] runtime/*.[1357])

ALL := $(BUILD)/migc $(BUILD)/libmigc.a $(BUILD)/notes

# "make -j2 deps test" installs before it compiles.
FIRST := $(filter deps deps-ci deps-dqlite,$(MAKECMDGOALS))

.PHONY: all demo test test-programs mutate fleet bench asan regen format lint install install-shared \
        dqlite demo-dqlite test-dqlite bench-dqlite install-dqlite uninstall deps deps-ci deps-dqlite clean help

all: $(ALL) ## build migc, libmigc and the sample host

# ------------------------------------------------------------------- programs

$(BUILD)/migc: $(BUILD)/compiler/main.o $(BUILD)/compiler.a $(BUILD)/libmigc.a | $(SQLITE_FILE)
	$(LINK) $(SQLITE_LIBS) $(COMPILER_LIBS)

$(BUILD)/compiler.a: $(STAGES) $(BUILD)/runtime/dqlite/dqlite_sql.o
$(BUILD)/libmigc.a: $(RUNTIME)
$(BUILD)/%.a:
	@rm -f $@
	$(SAY)$(AR) rcs $@ $^

$(BUILD)/libmigc-dqlite.a: $(DQLITE)

$(BUILD)/libmigc.so: $(RUNTIME) | $(SQLITE_FILE)
	$(call LINK,-shared $(SONAME)) $(SQLITE_LIBS)

$(BUILD)/notes: $(HOST) $(BUILD)/libmigc.a | $(SQLITE_FILE)
	$(LINK) $(SQLITE_LIBS)

# A test program may look into every stage of the compiler and into the runtime.
$(BUILD)/tests/%: $(BUILD)/unit/%.o $(BUILD)/compiler.a $(BUILD)/libmigc.a | $(SQLITE_FILE)
	@mkdir -p $(@D)
	$(call LINK,-pthread) $(SQLITE_LIBS) $(COMPILER_LIBS)

$(BUILD)/tests/dqlite: $(BUILD)/unit/dqlite.o $(BUILD)/libmigc-dqlite.a $(BUILD)/libmigc.a | $(SQLITE_FILE)
	@mkdir -p $(@D)
	$(LINK) $(SQLITE_LIBS)

$(BUILD)/tests/mutate: $(MUTATE) $(BUILD)/compiler.a $(BUILD)/libmigc.a | $(SQLITE_FILE)
	@mkdir -p $(@D)
	$(LINK) $(SQLITE_LIBS) $(COMPILER_LIBS)

$(BUILD)/sanity/tests/%: $(BUILD)/sanity/%.o
	@mkdir -p $(@D)
	$(LINK)

# -------------------------------------------------------------------- objects

$(BUILD)/compiler/%.o: compiler/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C11) -Icompiler)

# What --cache keeps is of use to the same migc only.
CACHE_SOURCES := $(sort $(wildcard compiler/*/*.[ch] runtime/*.h runtime/*/*.[ch]))
$(BUILD)/compiler/prove/cache_key.o: $(CACHE_SOURCES)
$(BUILD)/compiler/prove/cache_key.o: CPPFLAGS += \
    -DMIGC_SOURCES='"$(firstword $(shell cat $(CACHE_SOURCES) | cksum))"'

# One set of objects serves programs and shared libraries.
$(BUILD)/runtime/%.o: CFLAGS := $(RUNTIME_CFLAGS)
$(BUILD)/runtime/%.o: runtime/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C99) -fPIC -fvisibility=hidden)

$(BUILD)/sqlite3.o: $(SQLITE)/sqlite3.c
	@mkdir -p $(@D)
	$(SAY)$(CC) -O1 -fPIC -w $(SQLITE_FLAGS) -c -o $@ $<

$(BUILD)/generated/%.o: generated/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C99))

$(BUILD)/host/%.o: tests/host/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C11) -Igenerated)

$(BUILD)/unit/%.o: tests/unit/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C11) -Itests -Icompiler -Igenerated -pthread)

$(BUILD)/mutate/%.o: tests/mutate/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C11) -Icompiler)

$(BUILD)/sanity/%.o: tests/sanity/unit/%.c | $(FIRST)
	@mkdir -p $(@D)
	$(call COMPILE,$(C11) -Itests)

.SECONDARY:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)

# --------------------------------------------------------------------- trying

demo: $(BUILD)/migc $(BUILD)/notes ## compile the sample migrations, then run the sample host
	@BUILD=$(BUILD) tests/demo.sh

test-programs: $(UNIT) $(SANITY) $(BUILD)/tests/mutate ## build the C programs that tests/run runs

test: all test-programs ## run all tests; TEST_ARGS="-v lex" picks, WRAP=valgrind wraps
	@BUILD='$(BUILD)' CC='$(CC)' WRAP='$(WRAP)' TEST_CFLAGS='$(CFLAGS) $(SQLITE_CFLAGS) $(LDFLAGS)' \
	    SQLITE_LIBS='$(SQLITE_LIBS)' COMPILER_LIBS='$(COMPILER_LIBS)' tests/run $(TEST_ARGS)

mutate: $(BUILD)/tests/mutate $(BUILD)/migc ## change right DOWNs at random, and UPs: does the proof see it? MUTATE_ARGS=-v
	@$(BUILD)/tests/mutate $(MUTATE_ARGS) $(MUTANTS) $(MUTATED)
	@$(BUILD)/tests/mutate -u $(MUTATE_ARGS) $(MUTANTS) $(MUTATED)

fleet: all ## run the tests of --each-db with FLEET (10,000) databases
	@FLEET='$(or $(FLEET),10000)' BUILD='$(BUILD)' CC='$(CC)' tests/run -v fleet

bench: all ## measure; BENCH_ARGS=--json for the figures alone
	@BUILD='$(BUILD)' CC='$(CC)' tests/bench/run $(BENCH_ARGS)

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
asan: ## run all tests with the address and undefined-behaviour sanitizers
	@$(MAKE) BUILD=$(BUILD)/asan DEBUG=1 CFLAGS='-O1 -g -fno-omit-frame-pointer $(SANITIZE)' test

# --------------------------------------------------------------------- dqlite

# A library of its own; its nodes are for tests and the demo, and want libdqlite.
DQLITE_TOOLS := $(BUILD)/dqlite/node $(BUILD)/dqlite/tool

$(BUILD)/dqlite/node: tests/dqlite/node.c
	@mkdir -p $(@D)
	$(SAY)$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(WARNINGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -ldqlite

$(BUILD)/dqlite/tool: tests/dqlite/tool.c $(BUILD)/libmigc-dqlite.a $(BUILD)/libmigc.a
	@mkdir -p $(@D)
	$(SAY)$(CC) $(C11) -MF $@.d $(CFLAGS) $(LDFLAGS) -o $@ $^ $(SQLITE_LIBS)

dqlite: $(BUILD)/libmigc-dqlite.a ## build libmigc-dqlite, for databases of a dqlite cluster

demo-dqlite: all dqlite $(DQLITE_TOOLS) ## three nodes, the sample migrated, a leader killed
	@BUILD='$(BUILD)' CC='$(CC)' sh tests/dqlite/demo.sh

test-dqlite: all dqlite $(DQLITE_TOOLS) ## the tests on a cluster; RUNS=30 of each campaign, SEED=1
	@TESTS=tests/dqlite BUILD='$(BUILD)' CC='$(CC)' TEST_CFLAGS='$(CFLAGS) $(LDFLAGS)' tests/run -v -j4

bench-dqlite: all dqlite $(DQLITE_TOOLS) ## a migration on a cluster against a local file
	@BUILD='$(BUILD)' CC='$(CC)' sh tests/dqlite/bench.sh

install-dqlite: install dqlite ## install libmigc-dqlite, too
	$(INSTALL) -m 644 runtime/dqlite/migc_dqlite.h $(DESTDIR)$(INCDIR)/migc_dqlite.h
	$(INSTALL) -m 644 $(BUILD)/libmigc-dqlite.a $(DESTDIR)$(LIBDIR)/libmigc-dqlite.a
	@sed -e 's/^Name: .*/Name: migc-dqlite/' -e 's/^Description: .*/Description: migc on a dqlite cluster/' \
	    -e 's/^Requires: .*/Requires: migc = $(VERSION)/' -e 's/ -lmigc$$/ -lmigc-dqlite/' \
	    $(DESTDIR)$(LIBDIR)/pkgconfig/migc.pc >$(DESTDIR)$(LIBDIR)/pkgconfig/migc-dqlite.pc

deps-dqlite: ## install what test-dqlite and demo-dqlite need
	@tests/deps.sh build dqlite

# ------------------------------------------------------------------- upkeep

regen: ## write the committed generated files anew (needs re2c)
	tests/regen.sh lexer .
	tests/regen.sh assets .
	$(MAKE) $(BUILD)/migc
	BUILD=$(BUILD) tests/regen.sh sample .

format: ## reformat the sources with clang-format
	find compiler runtime tests -name '*.[ch]' ! -name lex.c ! -name c_lex.c ! -path '*/golden/*' -exec clang-format -i {} +

lint: | $(FIRST) ## clang-tidy, cppcheck and the man pages, without a warning
	@tests/lint.sh

# ----------------------------------------------------------------- installing

# The static library alone: where there is a shared one, -lmigc takes it, and what a program's
# author ships would want it on every machine.
COMPLETIONS := bash-completion/completions/migc zsh/site-functions/_migc fish/vendor_completions.d/migc.fish

install: all ## install below PREFIX (/usr/local), inside DESTDIR
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(INCDIR) $(DESTDIR)$(LIBDIR)/pkgconfig
	$(INSTALL) -m 755 $(BUILD)/migc $(DESTDIR)$(BINDIR)/migc
	@for file in $(COMPLETIONS); do \
	    $(INSTALL) -d $(DESTDIR)$(SHAREDIR)/$${file%/*} && \
	    $(BUILD)/migc completion $$(expr $$file : '\([a-z]*\)') >$(DESTDIR)$(SHAREDIR)/$$file || exit 1; \
	done
	$(INSTALL) -m 644 runtime/migc.h $(DESTDIR)$(INCDIR)/migc.h
	$(INSTALL) -m 644 $(BUILD)/libmigc.a $(DESTDIR)$(LIBDIR)/libmigc.a
	@{ echo 'prefix=$(PREFIX)'; \
	   echo 'includedir=$(INCDIR:$(PREFIX)%=$${prefix}%)'; \
	   echo 'libdir=$(LIBDIR:$(PREFIX)%=$${prefix}%)'; echo; \
	   echo 'Name: migc'; \
	   echo 'Description: SQLite migrations compiled into the program that needs them'; \
	   echo 'Version: $(VERSION)'; \
	   echo 'Requires: sqlite3 >= 3.38'; \
	   echo 'Cflags: -I$${includedir}'; \
	   echo 'Libs: -L$${libdir} -lmigc'; } >$(DESTDIR)$(LIBDIR)/pkgconfig/migc.pc
	@for page in $(PAGES); do \
	    man=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
	    $(INSTALL) -d $$man && $(INSTALL) -m 644 $$page $$man || exit 1; \
	done

# ldconfig tells the loader, which asks for the soname; below another PREFIX it is not asked.
install-shared: install $(BUILD)/libmigc.so ## the same, and the shared library (for packagers)
	$(INSTALL) -m 755 $(BUILD)/libmigc.so $(DESTDIR)$(LIBDIR)/libmigc.so.$(ABI)
	ln -sf libmigc.so.$(ABI) $(DESTDIR)$(LIBDIR)/libmigc.so
	@[ -n '$(DESTDIR)' ] || [ "$$(id -u)" != 0 ] || ldconfig 2>/dev/null || :

uninstall: ## remove what install put there
	rm -f $(COMPLETIONS:%=$(DESTDIR)$(SHAREDIR)/%)
	rm -f $(DESTDIR)$(BINDIR)/migc $(DESTDIR)$(INCDIR)/migc.h $(DESTDIR)$(LIBDIR)/libmigc.a \
	    $(DESTDIR)$(LIBDIR)/libmigc.so $(DESTDIR)$(LIBDIR)/libmigc.so.$(ABI) \
	    $(DESTDIR)$(LIBDIR)/pkgconfig/migc.pc $(DESTDIR)$(INCDIR)/migc_dqlite.h \
	    $(DESTDIR)$(LIBDIR)/libmigc-dqlite.a $(DESTDIR)$(LIBDIR)/pkgconfig/migc-dqlite.pc
	@for page in $(PAGES); do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; \
	done

deps: ## install what all, demo and test need
	@tests/deps.sh build

deps-ci: $(filter deps,$(FIRST)) ## install what lint and .ci/run need on top
	@tests/deps.sh build ci

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile
