//! Files: atomic writing, locks, the policy file.

mod atomic;
mod error;
mod lock;
mod policy_edit;
mod policy_file;
mod target;

pub use atomic::write_atomic;
pub use error::StoreError;
pub use lock::Lock;
pub use policy_edit::{Edit, EditError, edit, pin};
pub use policy_file::{
    PolicyDocument, PolicyError, parse_policy, read_policy, read_policy_leniently,
};
