//! Running one ssh: its input, its output, and its end.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::script;

/// Bytes of the standard error stream that are kept: its end.
const TAIL: usize = 4096;
/// Bytes read at once.
const PIECE: usize = 1 << 16;
/// How long ssh may take to end, or to say its last words, when the answer is there.
const GRACE: Duration = Duration::from_millis(500);

/// How far one ssh may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From start to complete answer.
    pub(super) time: Duration,
    /// Size of what it prints.
    pub(super) bytes: usize,
}

/// How one ssh ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The line after the document came.
    Complete,
    /// It ended by itself before that.
    Exited(ExitStatus),
    /// It was killed at its time limit.
    TimedOut,
    /// It was killed at its size limit.
    TooLarge,
}

/// What one ssh said.
#[derive(Debug)]
pub(super) struct Told {
    /// How it ended.
    pub(super) ended: Ended,
    /// Its standard output.
    pub(super) printed: Vec<u8>,
    /// The end of its standard error stream.
    pub(super) complained: Vec<u8>,
}

/// Runs `command`, feeds it `input`, and hears it until the document is complete, it ends, or it
/// reaches a limit. It runs in a process group of its own, which is killed when it has not ended
/// by itself; also when the future is dropped.
pub(super) async fn run(command: &mut Command, input: &[u8], limits: Limits) -> io::Result<Told> {
    let mut child = start(command)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let mut running = Running(child);
    let mut printed = Vec::new();
    let mut complained = Vec::new();
    let mut stderr = stderr.ok_or(io::ErrorKind::BrokenPipe)?;
    let talk = async {
        let listen = listen(stdout, &mut printed, limits.bytes);
        let ((), heard) = tokio::join!(feed(stdin, input), listen);
        running.end(heard).await
    };
    let ended = tokio::select! {
        ended = timeout(limits.time, talk) => ended.unwrap_or(Ok(Ended::TimedOut)),
        never = follow(&mut stderr, &mut complained) => match never {},
    };
    running.kill().await;
    let _ = timeout(GRACE, read_tail(&mut stderr, &mut complained)).await;
    Ok(Told { ended: ended?, printed, complained })
}

fn start(command: &mut Command) -> io::Result<Child> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// An ssh that refuses early does not read its input: that is told by how it ends.
async fn feed(stdin: Option<ChildStdin>, input: &[u8]) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(input).await;
        let _ = stdin.shutdown().await;
    }
}

/// Why the standard output is not read any further.
enum Heard {
    Document,
    Closed,
    TooMuch,
}

async fn listen(stdout: Option<ChildStdout>, printed: &mut Vec<u8>, limit: usize) -> Heard {
    let Some(mut stdout) = stdout else {
        return Heard::Closed;
    };
    loop {
        let searched = printed.len();
        printed.reserve(PIECE);
        if matches!(stdout.read_buf(printed).await, Ok(0) | Err(_)) {
            return Heard::Closed;
        }
        if printed.len() > limit {
            return Heard::TooMuch;
        }
        if script::is_complete(printed, searched) {
            return Heard::Document;
        }
    }
}

/// Reads until the future is dropped: a connection shared with later sessions can outlive ssh and
/// keep the stream open.
async fn follow<R: AsyncRead + Unpin>(stream: &mut R, tail: &mut Vec<u8>) -> Infallible {
    read_tail(stream, tail).await;
    pending().await
}

async fn read_tail<R: AsyncRead + Unpin>(stream: &mut R, tail: &mut Vec<u8>) {
    loop {
        tail.reserve(TAIL);
        if matches!(stream.read_buf(tail).await, Ok(0) | Err(_)) {
            return;
        }
        tail.drain(..tail.len().saturating_sub(TAIL));
    }
}

/// A process that leads its own process group.
struct Running(Child);

impl Running {
    async fn end(&mut self, heard: Heard) -> io::Result<Ended> {
        match heard {
            Heard::TooMuch => Ok(Ended::TooLarge),
            Heard::Closed => Ok(Ended::Exited(self.0.wait().await?)),
            Heard::Document => {
                let _ = timeout(GRACE, self.0.wait()).await;
                Ok(Ended::Complete)
            }
        }
    }

    /// Kills the group, if its leader has not ended, and collects the leader.
    async fn kill(&mut self) {
        self.kill_group();
        let _ = self.0.wait().await;
    }

    /// The leader's number is taken from a process that was not yet waited for, so it can't be
    /// another process's by now.
    fn kill_group(&self) {
        let leader = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(leader) = leader.and_then(Pid::from_raw) {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_group();
    }
}
