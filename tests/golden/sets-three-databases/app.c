#include "graph.h"
#include "ontology.h"
#include "settings.h"

int main(int argc, char **argv) {
    static const migc_database places[] = {
        {&settings, "settings.db"}, {&graph, "graph.db"}, {&ontology, "ontology.db"}};
    return migc_cli_sets(argc, argv, places, 3, NULL);
}
