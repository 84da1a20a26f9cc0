//! Events of watching, as JSON lines, as text lines, and on a screen.

mod line;
mod screen;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use line::event_line;
pub use screen::{ScreenView, screen};
pub use view::{EVENT_SCHEMA, event_json};
