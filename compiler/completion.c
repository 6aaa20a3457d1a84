/*
 * completion.c - scripts by which a shell completes verbs, options and warnings, from the tables of
 * these.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>

/* Prints text for single quotes: `close` for a quote, and a backslash before `escaped`. */
static void print_shell_literal(const char *text, const char *close, char escaped) {
    for (; text && *text; text++)
        if (*text == '\'')
            fputs(close, stdout);
        else if (*text == escaped)
            printf("\\%c", *text);
        else
            putchar(*text);
}

static void print_verb_names(const struct verb *verbs, const char *between) {
    for (size_t i = 0; verbs[i].name; i++)
        printf("%s%s", i > 0 ? between : "", verbs[i].name);
}

static void print_warning_options(const char *before) {
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        const char *name = warning_rows[i].name;
        printf("%s-W%s%s-Wno-%s%s-Werror=%s%s-Wno-error=%s", before, name, before, name, before,
               name, before, name);
    }
    printf("%s-Werror", before);
}

/* ------------------------------------------------------------------------- bash */

static void print_migc_bash(const struct verb *verbs) {
    printf("# migc(1) completion for bash, made by 'migc completion bash'\n"
           "_migc() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} verb=build word options=\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case $word in ");
    print_verb_names(verbs, "|");
    printf(") verb=$word; break ;; esac\n"
           "    done\n"
           "    case $verb in\n");
    for (size_t i = 0; verbs[i].name; i++) {
        printf("    %s) options='", verbs[i].name);
        for (const struct option_row *const *row = verbs[i].options; *row; row++)
            printf("%s%s", row == verbs[i].options ? "" : " ", (*row)->spelling);
        printf("' ;;\n");
    }
    printf("    esac\n"
           "    COMPREPLY=()\n"
           "    case $cur in\n"
           "    -W*) options='");
    print_warning_options(" ");
    printf("' ;;\n"
           "    -*) ;;\n"
           "    *)\n"
           "        options=\n"
           "        [ \"$COMP_CWORD\" -eq 1 ] && options='");
    print_verb_names(verbs, " ");
    printf("'\n"
           "        [ \"$verb\" = help ] && options='warnings ");
    print_verb_names(verbs, " ");
    printf("'\n"
           "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
           "        ;;\n"
           "    esac\n"
           "    COMPREPLY+=($(compgen -W \"$options\" -- \"$cur\"))\n"
           "}\n"
           "complete -o filenames -F _migc migc\n");
}

/* -------------------------------------------------------------------------- zsh */

static void print_migc_zsh(const struct verb *verbs) {
    printf("#compdef migc\n"
           "# migc(1) completion for zsh, made by 'migc completion zsh'\n"
           "_migc() {\n"
           "    local -a verbs options\n"
           "    verbs=(\n");
    for (size_t i = 0; verbs[i].name; i++) {
        printf("        '%s:", verbs[i].name);
        print_shell_literal(verbs[i].about, "'\\''", ':');
        printf("'\n");
    }
    printf("    )\n"
           "    case $words[2] in\n");
    for (size_t i = 0; verbs[i].name; i++) {
        printf("    %s%s)\n        options=(\n", verbs[i].name, i == 0 ? "|-*" : "");
        for (const struct option_row *const *row = verbs[i].options; *row; row++) {
            printf("            '%s:", (*row)->spelling);
            print_shell_literal((*row)->about, "'\\''", ':');
            printf("'\n");
        }
        printf("        )\n        ;;\n");
    }
    printf("    esac\n"
           "    if [[ $PREFIX == -W* ]]; then\n"
           "        compadd --");
    print_warning_options(" ");
    printf("\n"
           "    elif [[ $PREFIX == -* ]]; then\n"
           "        _describe -o option options\n"
           "    elif (( CURRENT == 2 )); then\n"
           "        _describe verb verbs\n"
           "        _files\n"
           "    elif [[ $words[2] == help ]]; then\n"
           "        _describe verb verbs\n"
           "    else\n"
           "        _files\n"
           "    fi\n"
           "}\n"
           "_migc \"$@\"\n");
}

/* ------------------------------------------------------------------------- fish */

static void print_migc_fish(const struct verb *verbs) {
    printf("# migc(1) completion for fish, made by 'migc completion fish'\n");
    for (size_t i = 0; verbs[i].name; i++) {
        printf("complete -c migc -n __fish_use_subcommand -a '%s' -d '", verbs[i].name);
        print_shell_literal(verbs[i].about, "\\'", '\\');
        printf("'\n");
        for (const struct option_row *const *row = verbs[i].options; *row; row++) {
            const char *spelling = (*row)->spelling, *name = spelling + strspn(spelling, "-");
            if (strcmp(spelling, "-W") == 0)
                continue;
            /* "--locked" is long, "-o" short, "-MD" what fish calls old. */
            char kind = spelling[1] == '-' ? 'l' : name[1] ? 'o' : 's';
            printf("complete -c migc -n '__fish_seen_subcommand_from %s' -%c '%s'%s", verbs[i].name,
                   kind, name, (*row)->value ? " -r" : "");
            if ((*row)->about) {
                printf(" -d '");
                print_shell_literal((*row)->about, "\\'", '\\');
                printf("'");
            }
            printf("\n");
        }
    }
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        printf("complete -c migc -o 'W%s' -d '", warning_rows[i].name);
        print_shell_literal(warning_rows[i].about, "\\'", '\\');
        printf("'\ncomplete -c migc -o 'Wno-%s'\ncomplete -c migc -o 'Werror=%s'\n",
               warning_rows[i].name, warning_rows[i].name);
    }
    printf("complete -c migc -o Werror -d 'Make all warnings errors'\n");
}

/* --------------------------------------------------------------------------- all */

bool print_completion(const struct verb *verbs, const char *shell) {
    static const struct {
        const char *shell;
        void (*print)(const struct verb *verbs);
    } shells[] = {{"bash", print_migc_bash}, {"zsh", print_migc_zsh}, {"fish", print_migc_fish}};
    for (size_t i = 0; i < COUNT_OF(shells); i++)
        if (strcmp(shells[i].shell, shell) == 0) {
            shells[i].print(verbs);
            return true;
        }
    return false;
}
