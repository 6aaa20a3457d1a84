/*
 * symbol.c - which names the emitted C can use: identifiers that are no keyword of C or C++, and
 * that neither the headers which it includes nor the C library have.
 */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In byte order for bsearch, all of them. */
/* clang-format off */
/* C11 to C23, C++20. */
static const char *const keywords[] = {
    "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary",
    "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "alignof", "and", "and_eq",
    "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "char16_t",
    "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept",
    "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype",
    "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit", "export",
    "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
    "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
    "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires",
    "restrict", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
    "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq",
};
/* What migc.h and sqlite3.h include, what compilers define, and main. */
static const char *const taken[] = {
    "CARRAY_BLOB", "CARRAY_DOUBLE", "CARRAY_INT32", "CARRAY_INT64", "CARRAY_TEXT", "EOF", "FULLY_WITHIN", "INT16_C", "INT16_MAX", "INT16_MIN", "INT32_C", "INT32_MAX", "INT32_MIN", "INT64_C",
    "INT64_MAX", "INT64_MIN", "INT8_C", "INT8_MAX", "INT8_MIN", "INTMAX_C", "INTMAX_MAX",
    "INTMAX_MIN", "INTPTR_MAX", "INTPTR_MIN", "INT_FAST16_MAX", "INT_FAST16_MIN",
    "INT_FAST32_MAX", "INT_FAST32_MIN", "INT_FAST64_MAX", "INT_FAST64_MIN", "INT_FAST8_MAX",
    "INT_FAST8_MIN", "INT_LEAST16_MAX", "INT_LEAST16_MIN", "INT_LEAST32_MAX", "INT_LEAST32_MIN",
    "INT_LEAST64_MAX", "INT_LEAST64_MIN", "INT_LEAST8_MAX", "INT_LEAST8_MIN", "NOT_WITHIN", "NULL", "PARTLY_WITHIN",
    "PTRDIFF_MAX", "PTRDIFF_MIN", "SIG_ATOMIC_MAX", "SIG_ATOMIC_MIN", "SIZE_MAX", "UINT16_C",
    "UINT16_MAX", "UINT32_C", "UINT32_MAX", "UINT64_C", "UINT64_MAX", "UINT8_C", "UINT8_MAX",
    "UINTMAX_C", "UINTMAX_MAX", "UINTPTR_MAX", "UINT_FAST16_MAX", "UINT_FAST32_MAX",
    "UINT_FAST64_MAX", "UINT_FAST8_MAX", "UINT_LEAST16_MAX", "UINT_LEAST32_MAX",
    "UINT_LEAST64_MAX", "UINT_LEAST8_MAX", "WCHAR_MAX", "WCHAR_MIN", "WINT_MAX", "WINT_MIN",
    "i386", "int16_t", "int32_t", "int64_t", "int8_t", "int_fast16_t", "int_fast32_t",
    "int_fast64_t", "int_fast8_t", "int_least16_t", "int_least32_t", "int_least64_t",
    "int_least8_t", "intmax_t", "intptr_t", "linux", "main", "max_align_t", "nullptr_t", "offsetof",
    "ptrdiff_t", "size_t", "uint16_t", "uint32_t", "uint64_t", "uint8_t", "uint_fast16_t",
    "uint_fast32_t", "uint_fast64_t", "uint_fast8_t", "uint_least16_t", "uint_least32_t",
    "uint_least64_t", "uint_least8_t", "uintmax_t", "uintptr_t", "unix", "unreachable", "va_arg", "va_copy",
    "va_end", "va_list", "va_start",
};

/* Functions and objects of C11, and of POSIX where a program is likely to call them: a function
 * of the host with such a name would replace it in the whole program. */
static const char *const library[] = {
    "abort", "abs", "accept", "access", "acos", "acosh", "aligned_alloc", "alloca", "asctime",
    "asin", "asinh", "assert", "at_quick_exit", "atan", "atan2", "atanh", "atexit", "atof",
    "atoi", "atol", "atoll", "bcmp", "bcopy", "bind", "brk", "bsearch", "btowc", "bzero", "cabs",
    "cacos", "cacosh", "calloc", "carg", "casin", "casinh", "catan", "catanh", "cbrt", "ccos",
    "ccosh", "ceil", "cexp", "chdir", "chmod", "chown", "cimag", "clearerr", "clock", "clog",
    "close", "conj", "connect", "copysign", "cos", "cosh", "cpow", "cproj", "creal", "creat",
    "csin", "csinh", "csqrt", "ctan", "ctanh", "ctime", "dcgettext", "dgettext", "difftime",
    "div", "drem", "dup", "dup2", "environ", "erf", "erfc", "errno", "execl", "execle", "execlp",
    "execv", "execve", "execvp", "exit", "exp", "exp10", "exp2", "expm1", "fabs", "fchmod",
    "fclose", "fcntl", "fdim", "feclearexcept", "fegetround", "feof", "feraiseexcept", "ferror",
    "fesetround", "fflush", "ffs", "ffsl", "ffsll", "fgetc", "fgetpos", "fgets", "fgetwc",
    "fgetws", "finite", "floor", "fma", "fmax", "fmin", "fmod", "fopen", "fork", "fprintf",
    "fprintf_unlocked", "fputc", "fputc_unlocked", "fputs", "fputs_unlocked", "fputwc", "fputws",
    "fread", "free", "freopen", "frexp", "fscanf", "fseek", "fsetpos", "fstat", "fsync", "ftell",
    "ftruncate", "fwide", "fwprintf", "fwrite", "fwrite_unlocked", "fwscanf", "gamma", "gamma_r",
    "getc", "getchar", "getcwd", "getenv", "getline", "getopt", "getpid", "gets", "gettext",
    "gettimeofday", "getwc", "getwchar", "gmtime", "hypot", "iconv", "ilogb", "imaxabs", "index",
    "ioctl", "isalnum", "isalpha", "isascii", "isblank", "iscntrl", "isdigit", "isgraph", "isinf",
    "islower", "isnan", "isprint", "ispunct", "isspace", "isupper", "iswalnum", "iswalpha",
    "iswblank", "iswcntrl", "iswctype", "iswdigit", "iswgraph", "iswlower", "iswprint",
    "iswpunct", "iswspace", "iswupper", "iswxdigit", "isxdigit", "j0", "j1", "jn", "kill", "labs",
    "ldexp", "ldiv", "lgamma", "lgamma_r", "link", "listen", "llabs", "lldiv", "llrint",
    "llround", "localeconv", "localtime", "log", "log10", "log1p", "log2", "logb", "longjmp",
    "lrint", "lround", "lseek", "lstat", "malloc", "mblen", "mbrlen", "mbrtowc", "mbsinit",
    "mbsrtowcs", "mbstowcs", "mbtowc", "memchr", "memcmp", "memcpy", "memmove", "mempcpy",
    "memset", "mkdir", "mktime", "mmap", "modf", "munmap", "nan", "nanosleep", "nearbyint",
    "nextafter", "nexttoward", "open", "openat", "opendir", "pause", "perror", "pipe", "poll",
    "posix_memalign", "pow", "pow10", "pread", "printf", "printf_unlocked", "pthread_create",
    "putc", "putc_unlocked", "putchar", "puts", "puts_unlocked", "putwc", "putwchar", "pwrite",
    "qsort", "quick_exit", "raise", "rand", "read", "readdir", "readlink", "realloc", "recv",
    "remainder", "remove", "remquo", "rename", "rewind", "rindex", "rint", "rmdir", "round",
    "sbrk", "scalb", "scalbln", "scalbn", "scanf", "select", "send", "setbuf", "setjmp",
    "setlocale", "setvbuf", "signal", "signbit", "significand", "sin", "sincos", "sinh", "sleep",
    "snprintf", "socket", "sprintf", "sqrt", "srand", "sscanf", "stat", "stderr", "stdin",
    "stdout", "stpcpy", "stpncpy", "strcasecmp", "strcat", "strchr", "strcmp", "strcoll",
    "strcpy", "strcspn", "strdup", "strerror", "strfmon", "strftime", "strlen", "strncasecmp",
    "strncat", "strncmp", "strncpy", "strndup", "strpbrk", "strrchr", "strspn", "strstr",
    "strtod", "strtof", "strtok", "strtol", "strtold", "strtoll", "strtoul", "strtoull",
    "strxfrm", "swprintf", "swscanf", "symlink", "sync", "system", "tan", "tanh", "tgamma",
    "time", "tmpfile", "tmpnam", "toascii", "tolower", "toupper", "towctrans", "towlower",
    "towupper", "trunc", "truncate", "umask", "ungetc", "ungetwc", "unlink", "usleep", "vfprintf",
    "vfscanf", "vfwprintf", "vfwscanf", "vprintf", "vscanf", "vsnprintf", "vsprintf", "vsscanf",
    "vswprintf", "vswscanf", "vwprintf", "vwscanf", "wait", "waitpid", "wcrtomb", "wcscat",
    "wcschr", "wcscmp", "wcscoll", "wcscpy", "wcscspn", "wcsftime", "wcslen", "wcsncat",
    "wcsncmp", "wcsncpy", "wcspbrk", "wcsrchr", "wcsrtombs", "wcsspn", "wcsstr", "wcstod",
    "wcstof", "wcstok", "wcstol", "wcstold", "wcstoll", "wcstombs", "wcstoul", "wcstoull",
    "wcsxfrm", "wctob", "wctomb", "wctrans", "wctype", "wcwidth", "wmemchr", "wmemcmp", "wmemcpy",
    "wmemmove", "wmemset", "wprintf", "write", "wscanf", "y0", "y1", "yn",
};
/* clang-format on */

struct word {
    const char *text;
    size_t size;
};

static int compare_word(const void *key, const void *row) {
    const struct word *word = key;
    const char *other = *(const char *const *)row;
    int order = strncmp(word->text, other, word->size);
    return order ? order : -(other[word->size] != '\0');
}

#define IS_IN(table, word)                                                                         \
    (bsearch(word, table, COUNT_OF(table), sizeof((table)[0]), compare_word) != NULL)

bool is_identifier(const char *text, size_t size) {
    if (size == 0 || is_digit(text[0]))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_word(text[i]))
            return false;
    return true;
}

/* Whether it is "migc" or "migc_...", in any case: macros are made of the name. */
static bool belongs_to(const char *text, size_t size, const char *owner) {
    size_t length = strlen(owner);
    return size >= length && same_word(text, length, owner) &&
           (size == length || text[length] == '_');
}

const char *symbol_problem(const char *text, size_t size) {
    struct word word = {text, size}, shorter = {text, size > 2 ? size - 1 : size};
    if (!is_identifier(text, size))
        return "is not a C identifier (letters, digits and '_', no digit first)";
    if (IS_IN(keywords, &word))
        return "is a keyword of C or C++";
    if (belongs_to(text, size, "migc") || belongs_to(text, size, "sqlite") ||
        belongs_to(text, size, "sqlite3") || (size > 4 && same_word(text, 4, "fts5")))
        return "belongs to migc.h or sqlite3.h";
    bool is_reserved =
        size > 1 && text[0] == '_' && (text[1] == '_' || text[1] != to_lower(text[1]));
    /* INT8_WIDTH beside INT8_MAX, since C23. */
    static const char ending[] = "_WIDTH";
    size_t stem = size > strlen(ending) ? size - strlen(ending) : 0;
    char limit[32] = "";
    if (stem > 0 && size < sizeof(limit) && memcmp(text + stem, ending, strlen(ending)) == 0)
        snprintf(limit, sizeof(limit), "%.*s_MAX", (int)stem, text);
    struct word beside = {limit, strlen(limit)};
    if (IS_IN(taken, &word) || IS_IN(taken, &beside) || is_reserved)
        return "has a meaning of its own in C";
    bool has_suffix = strchr("fl", text[size - 1]) != NULL; /* sinf() and sinl() beside sin() */
    if (IS_IN(library, &word) || (has_suffix && IS_IN(library, &shorter)))
        return "is a name of the C library";
    return NULL;
}
