/*
 * read_files.c - the least that anything which looks at every file must do: open, fstat, read,
 * close and XXH3 of the files that write_sql made, by name, without listing the folder.
 *
 *     read_files COUNT FOLDER
 */
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { MOST_BYTES = 4096 };

static XXH64_hash_t hash_file(const char *path) {
    char bytes[MOST_BYTES];
    struct stat state;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &state) != 0 || state.st_size > MOST_BYTES)
        give_up(path, "cannot be read");
    ssize_t size = read(fd, bytes, (size_t)state.st_size);
    if (size != state.st_size)
        give_up(path, "cannot be read");
    close(fd);
    XXH128_hash_t hash = XXH3_128bits(bytes, (size_t)size);
    return hash.low64 ^ hash.high64;
}

int main(int argc, char **argv) {
    char path[400];
    XXH64_hash_t all = 0;
    if (argc != 3)
        give_up("usage", "read_files COUNT FOLDER");
    unsigned count = (unsigned)strtoul(argv[1], NULL, 10);
    for (unsigned n = 1; n <= count; n++) {
        snprintf(path, sizeof(path), "%s/%06u_part_%u.sql", argv[2], n, n);
        all ^= hash_file(path);
    }
    printf("%016llx\n", (unsigned long long)all);
    return 0;
}
