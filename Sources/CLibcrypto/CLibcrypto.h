// OpenSSL's libcrypto, for hashes: https://docs.openssl.org/3.0/man7/crypto/
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
