//! Files: atomic writing, locks, the policy file.
