//! `--exec`: a program for each redirection, one at a time, without anybody waiting for it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

/// How many events wait at most.
const MOST_WAITING: usize = 64;

/// A program and how it is run.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: OsString,
    pub(super) arguments: Vec<OsString>,
    pub(super) time_limit: Duration,
    /// Whether what it prints is thrown away, since a screen is shown.
    pub(super) silent: bool,
}

/// The program at work.
#[derive(Debug)]
pub(super) struct Hook {
    queue: Arc<Queue>,
    worker: JoinHandle<()>,
    notes: Receiver<String>,
    time_limit: Duration,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<String>,
    running: Option<Pid>,
    closed: bool,
}

impl Hook {
    pub(super) fn start(program: Program) -> Self {
        let (sender, notes) = channel(MOST_WAITING);
        let queue = Arc::new(Queue::default());
        let time_limit = program.time_limit;
        let worker = tokio::spawn(work(program, Arc::clone(&queue), sender));
        Self { queue, worker, notes, time_limit }
    }

    /// Queues an event. When too many wait the oldest is dropped, which is told.
    pub(super) fn push(&self, event: String) -> Option<String> {
        let mut state = self.queue.lock();
        state.waiting.push_back(event);
        let over = state.waiting.len() > MOST_WAITING;
        if over {
            state.waiting.pop_front();
        }
        drop(state);
        self.queue.changed.notify_one();
        over.then(|| {
            format!("--exec: more than {MOST_WAITING} redirections wait: the oldest was dropped")
        })
    }

    /// The next thing that went wrong. Nothing is lost if the wait is given up.
    pub(super) async fn note(&mut self) -> String {
        match self.notes.recv().await {
            Some(note) => note,
            None => std::future::pending().await,
        }
    }

    /// Lets what runs and waits come to an end, for as long as one program may run; gives what went
    /// wrong.
    pub(super) async fn finish(&mut self) -> Vec<String> {
        self.queue.lock().closed = true;
        self.queue.changed.notify_one();
        let ended = tokio::time::timeout(self.time_limit, &mut self.worker).await;
        let mut notes = Vec::new();
        while let Ok(note) = self.notes.try_recv() {
            notes.push(note);
        }
        if ended.is_err() {
            notes.push("--exec: not all programs came to an end".to_owned());
        }
        notes
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.worker.abort();
        if let Some(group) = self.queue.lock().running.take() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next event; nothing when there will be none.
    async fn next(&self) -> Option<String> {
        loop {
            {
                let mut state = self.lock();
                match state.waiting.pop_front() {
                    Some(event) => return Some(event),
                    None if state.closed => return None,
                    None => {}
                }
            }
            self.changed.notified().await;
        }
    }
}

async fn work(program: Program, queue: Arc<Queue>, notes: Sender<String>) {
    while let Some(event) = queue.next().await {
        if let Err(reason) = run(&program, &queue, &event).await {
            let name = program.name.to_string_lossy();
            let _ = notes.try_send(format!("--exec {name}: {reason}"));
        }
        queue.lock().running = None;
    }
}

/// Runs the program on one event; an error is what went wrong, in words.
async fn run(program: &Program, queue: &Queue, event: &str) -> Result<(), String> {
    let mut child = spawn(program).map_err(|error| format!("can't be started: {error}"))?;
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    queue.lock().running = group;
    match tokio::time::timeout(program.time_limit, feed(&mut child, event)).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("failed with {status}")),
        Ok(Err(error)) => Err(format!("failed: {error}")),
        Err(_) => {
            if let Some(group) = group {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.kill().await;
            Err(format!("killed after {:?}", program.time_limit))
        }
    }
}

/// In a process group of its own, so that it is killed with all it started, and a Ctrl-C is not
/// for it. What it prints goes to standard error, since events are on standard output.
fn spawn(program: &Program) -> io::Result<Child> {
    let output = || {
        if program.silent {
            return Ok(Stdio::null());
        }
        io::stderr().as_fd().try_clone_to_owned().map(Stdio::from)
    };
    Command::new(&program.name)
        .args(&program.arguments)
        .stdin(Stdio::piped())
        .stdout(output()?)
        .stderr(output()?)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// A program that does not read its input has not failed.
async fn feed(child: &mut Child, event: &str) -> io::Result<ExitStatus> {
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(event.as_bytes()).await {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    child.wait().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, time_limit: Duration) -> Hook {
        let arguments = vec!["-c".into(), script.into()];
        Hook::start(Program { name: "sh".into(), arguments, time_limit, silent: true })
    }

    fn block_on(future: impl Future<Output = ()>) {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_io().enable_time().build().unwrap().block_on(future);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "reads what the program wrote")]
    fn events_are_told_in_order_and_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let script = format!("cat >> {0}; echo end >> {0}", told.display());
        block_on(async {
            let mut hook = shell(&script, Duration::from_mins(1));
            for event in ["1\n", "2\n", "3\n"] {
                assert_eq!(hook.push(event.to_owned()), None);
            }
            assert_eq!(hook.finish().await, [] as [String; 0]);
        });
        assert_eq!(std::fs::read_to_string(told).unwrap(), "1\nend\n2\nend\n3\nend\n");
    }

    #[test]
    fn a_slow_program_is_killed_with_all_it_started() {
        block_on(async {
            let mut hook = shell("sleep 600 & wait", Duration::from_millis(100));
            hook.push(String::new());
            assert_eq!(hook.note().await, "--exec sh: killed after 100ms");
        });
    }

    #[test]
    fn of_too_many_events_the_oldest_is_dropped_and_failures_are_told() {
        block_on(async {
            let mut hook = shell("read number; test $number != 0 && exit 4", Duration::MAX);
            // The worker has its first turn when this waits.
            for number in 0..MOST_WAITING {
                assert_eq!(hook.push(format!("{number}\n")), None);
            }
            assert!(hook.push("64\n".to_owned()).unwrap().contains("the oldest was dropped"));
            assert_eq!(hook.note().await, "--exec sh: failed with exit status: 4");
        });
        block_on(async {
            let nothing = Program {
                name: "/nonexistent/program".into(),
                arguments: Vec::new(),
                time_limit: Duration::from_mins(1),
                silent: true,
            };
            let mut hook = Hook::start(nothing);
            hook.push(String::new());
            assert!(hook.note().await.contains("can't be started: No such file"));
        });
    }
}
