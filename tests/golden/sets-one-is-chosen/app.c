#include "core.h"
#include "logs.h"
#include "shop.h"

#include <stdlib.h>

int main(int argc, char **argv) {
    static const migc_database places[] = {
        {&core, "app.db"}, {&shop, "app.db"}, {&logs, "logs.db"}};
    static const migc_options options = {.verbs = migc_verbs_all};
    return migc_cli_sets(argc, argv, places, getenv("ONE_FILE") ? 2 : 3, &options);
}
