//! Files: atomic writing, locks, the policy file.

mod atomic;
mod error;
mod lock;
mod target;

pub use atomic::write_atomic;
pub use error::StoreError;
pub use lock::Lock;
