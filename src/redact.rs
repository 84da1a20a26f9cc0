//! Replacing link-layer addresses and host names by stable hashes.
