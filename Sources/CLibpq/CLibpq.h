// libpq, PostgreSQL's C client: https://www.postgresql.org/docs/current/libpq.html
#include <libpq-fe.h>
