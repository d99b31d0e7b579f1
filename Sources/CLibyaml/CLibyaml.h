// libyaml, the YAML 1.1 parser: https://pyyaml.org/wiki/LibYAML
#include <yaml.h>
