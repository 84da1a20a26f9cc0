//! Files: atomic writing, locks, the policy file.

mod policy_edit;
mod policy_file;
mod policy_problem;

pub use policy_edit::{Edit, EditError, edit, pin};
pub use policy_file::{PolicyDocument, PolicyError, parse_policy, read_policy};
pub use policy_problem::{Problem, ProblemKind, check_name};
