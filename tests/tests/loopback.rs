//! Promise 10: the simulator never talks to AWS.

use simulate::localstack::ensure_loopback;

#[test]
fn endpoints_beyond_this_machine_are_refused() {
    for endpoint in ["http://127.0.0.1:4566", "https://localhost:4566", "http://[::1]:4566"] {
        assert!(ensure_loopback(endpoint).is_ok(), "{endpoint}");
    }
    for endpoint in [
        "https://sts.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "127.0.0.1:4566",
    ] {
        assert!(ensure_loopback(endpoint).is_err(), "{endpoint}");
    }
}
