#include "core.h"
#include "users.h"

int main(int argc, char **argv) {
    static const migc_database places[] = {{&core, "app.db"}, {&users, "app.db"}};
    static const migc_options options = {.verbs = migc_verbs_all};
    return migc_cli_sets(argc, argv, places, 2, &options);
}
