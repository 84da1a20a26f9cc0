//! What is left of a cluster when something is lost.

mod classes;
mod connectivity;
mod loss;
mod parts;
mod web;

pub use classes::{Class, Classes, PartKind};
pub use connectivity::{Cut, Cuts, Lost, cuts};
pub use loss::{NetworkLoss, network_losses};
pub use parts::{Leg, NodeParts, Parts, Standing};
