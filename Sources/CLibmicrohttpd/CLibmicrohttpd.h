// GNU libmicrohttpd: https://www.gnu.org/software/libmicrohttpd/manual/libmicrohttpd.html
#include <microhttpd.h>
