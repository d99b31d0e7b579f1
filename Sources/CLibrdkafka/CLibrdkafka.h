// librdkafka and its embedded mock cluster: https://github.com/confluentinc/librdkafka
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
