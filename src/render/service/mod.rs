//! What comes of losing a service, in every format.

mod checkpoint;
mod entries;
mod loss;
mod matrix;
mod orphans;
mod profiles;
mod rows;
mod view;
mod words;

pub use checkpoint::{CHECKPOINT_SCHEMA, CheckpointView, checkpoint, checkpoint_text};
pub use loss::{service_losses, services_after};
pub use matrix::{MATRIX_SCHEMA, MatrixReport, MatrixView, matrix, matrix_table};
pub use orphans::{ORPHANS_SCHEMA, OrphansView, orphans, orphans_table};
pub use profiles::{
    PROFILES_SCHEMA, ProfileView, ProfilesView, profile, profile_text, profiles, profiles_table,
};
pub use view::{
    PhaseView, SERVICES_SCHEMA, ServiceView, ServicesView, WithServices, services, with_services,
};

pub(super) use entries::entries;
