//! What `failover` tells of services.

mod answers;
mod asked;
mod declared;
mod matrix;

pub(super) use answers::answer;
pub(super) use asked::{Asked, Services, inventories, lose};
pub(super) use declared::{Declared, network_profile, with_profiles};
pub(super) use matrix::matrix;
