//! Files: atomic writing, locks, the policy file.

mod atomic;
mod error;
mod lock;
mod policy_edit;
mod policy_file;
mod policy_reader;
mod policy_text;
mod target;

pub use atomic::{make_folder, write_atomic};
pub use error::StoreError;
pub use lock::Lock;
pub use policy_edit::{Edit, EditError, edit, pin, rename};
pub use policy_file::{PolicyDocument, PolicyError, read_policy, read_policy_leniently};
pub use policy_reader::parse_policy;
