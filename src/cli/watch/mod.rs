//! `watch`.
#![expect(clippy::disallowed_methods, reason = "events are dated with the present time")]

mod hook;
mod inputs;
mod pace;
mod program;
mod session;
mod signals;
mod sink;
mod terminal;

use super::args::{Common, Watch};
use super::output::{self, Outcome};
use session::Session;

pub(super) fn run(common: &Common, arguments: &Watch) -> anyhow::Result<Outcome> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let Some(mut session) = Session::open(common, arguments).await? else {
            return Ok(Outcome::Done);
        };
        let ended = session.run().await;
        let reason = match &ended {
            Ok(reason) => (*reason).to_owned(),
            Err(error) => output::chain(error.as_ref()),
        };
        let told = session.finish(reason).await;
        ended?;
        told.map(|()| Outcome::Done)
    })
}

/// The present time, RFC 3339 in UTC, to the millisecond.
fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
