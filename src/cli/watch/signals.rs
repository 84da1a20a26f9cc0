//! Signals, and the reader of standard output going away.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;

use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What somebody outside wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Come to an end, for this reason.
    End(&'static str),
    /// Nobody reads standard output any more.
    Closed,
    /// Read policy and stored inventories again.
    Reload,
    /// The terminal has another size.
    Redraw,
}

/// Signals that mean something.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    window: Signal,
    output: Option<Sender>,
    on_terminal: bool,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            window: signal(SignalKind::window_change())?,
            output: pipe_of_stdout(),
            on_terminal: io::stdout().is_terminal(),
        })
    }

    /// Waits for the next wish. None is lost if the wait is given up.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::End("interrupted (SIGINT)"),
            _ = self.terminate.recv() => Wish::End("terminated (SIGTERM)"),
            // A terminal that is closed hangs up; without one it is the wish of an administrator.
            _ = self.hang_up.recv() => {
                if self.on_terminal { Wish::End("the terminal was closed") } else { Wish::Reload }
            }
            _ = self.window.recv() => Wish::Redraw,
            () = closed(self.output.as_ref()) => Wish::Closed,
        }
    }
}

/// Standard output, if it is a pipe. Only its errors are waited for; it stays as it is.
fn pipe_of_stdout() -> Option<Sender> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    let is_pipe = file.metadata().is_ok_and(|it| it.file_type().is_fifo());
    is_pipe.then(|| Sender::from_file_unchecked(file).ok()).flatten()
}

async fn closed(output: Option<&Sender>) {
    match output {
        Some(output) => {
            if output.ready(Interest::ERROR).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
        None => std::future::pending().await,
    }
}
