//! One run of `watch`: notifications in, events out.

use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use tokio::time::{Instant, sleep_until};

use super::super::args::{Common, Watch as Arguments};
use super::super::output;
use super::hook::{Hook, Program};
use super::inputs::{self, Inputs};
use super::now;
use super::pace::Pace;
use super::program;
use super::signals::{Signals, Wish};
use super::sink::Sink;
use crate::discover::{Live, Settled};
use crate::render;
use crate::watch::{Event, Watch};

/// Everything that is at work while a host is watched.
pub(super) struct Session<'a> {
    common: &'a Common,
    arguments: &'a Arguments,
    live: Live,
    inputs: Inputs,
    watch: Watch,
    sink: Sink,
    hook: Option<Hook>,
    signals: Signals,
    pace: Pace,
    begun: Instant,
    told: u64,
}

/// Why a session went on for the moment.
enum Woken {
    Notified,
    Due,
    Wish(Wish),
    Note(String),
    TimeIsUp,
}

impl<'a> Session<'a> {
    /// Subscribes, reads the present state, and shows it; nothing when it is to end before that.
    pub(super) async fn open(
        common: &'a Common,
        arguments: &'a Arguments,
    ) -> anyhow::Result<Option<Self>> {
        if let Some(name) = &arguments.exec {
            program::check(name).context("--exec")?;
        }
        let mut signals = Signals::listen().context("signals can't be received")?;
        let node = inputs::node(arguments)?;
        let title = format!("netplan-cluster watch on {node} since {}", now());
        let mut live = Live::open(node, arguments.receive_buffer)?;
        let mut settled = Settled::Restless;
        while settled == Settled::Restless {
            match settle(&mut live, &mut signals, true).await? {
                Ok((now, _)) => settled = now,
                Err(_) => return Ok(None),
            }
        }
        let inputs = Inputs::read(common, arguments, live.inventory()?)?;
        let watch = Watch::new(inputs.policy.clone());
        let sink = Sink::open(arguments.format, common.color, render::escaped(&title))?;
        let hook = program(arguments, sink.is_screen()).map(Hook::start);
        let begun = Instant::now();
        let pace = Pace::new(begun);
        let told = 0;
        let mut session =
            Self { common, arguments, live, inputs, watch, sink, hook, signals, pace, begun, told };
        session.observe(Vec::new())?;
        Ok(Some(session))
    }

    /// Tells events until there is a reason to end.
    pub(super) async fn run(&mut self) -> anyhow::Result<&'static str> {
        while !self.is_enough() {
            let mut woken = Some(self.wake().await?);
            while let Some(one) = woken {
                if let Some(reason) = self.handle(one)? {
                    return Ok(reason);
                }
                woken = self.judge_when_due().await?.map(Woken::Wish);
            }
        }
        Ok("the events of --count are told")
    }

    /// Does what is to be done at once; gives the reason to end when there is one.
    fn handle(&mut self, woken: Woken) -> anyhow::Result<Option<&'static str>> {
        match woken {
            Woken::Notified => self.pace.event(Instant::now()),
            Woken::Due => {}
            Woken::Wish(Wish::End(reason)) => return Ok(Some(reason)),
            Woken::Wish(Wish::Closed) => {
                return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
            }
            Woken::Wish(Wish::Reload) => self.reload()?,
            Woken::Wish(Wish::Redraw) => self.sink.draw(&self.watch)?,
            Woken::Note(note) => self.note(&note)?,
            Woken::TimeIsUp => return Ok(Some("the time of --for is up")),
        }
        Ok(None)
    }

    /// Ends with a last line, whatever the reason.
    pub(super) async fn finish(mut self, reason: String) -> anyhow::Result<()> {
        let notes = match &mut self.hook {
            Some(hook) => tokio::select! {
                notes = hook.finish() => notes,
                _ = self.signals.next() => vec!["--exec: not waited for".to_owned()],
            },
            None => Vec::new(),
        };
        for note in notes {
            self.sink.note(&now(), &note);
        }
        self.sink.tell(&now(), &[Event::End { reason }])?;
        self.sink.close()
    }

    async fn wake(&mut self) -> anyhow::Result<Woken> {
        let due = self.due();
        let limit = self.arguments.for_ms.map(|ms| self.begun + Duration::from_millis(ms));
        tokio::select! {
            biased;
            wish = self.signals.next() => Ok(Woken::Wish(wish)),
            () = until(limit) => Ok(Woken::TimeIsUp),
            () = until(due) => Ok(Woken::Due),
            note = note(self.hook.as_mut()) => Ok(Woken::Note(note)),
            changed = self.live.changed() => Ok(changed.map(|_| Woken::Notified)?),
        }
    }

    /// When there is something to judge without a further notification.
    fn due(&self) -> Option<Instant> {
        let held = self.watch.due().map(|due| self.pace.not_before(self.begun + due));
        let pace = self.pace.due(self.live.has_stale_facts());
        [held, pace].into_iter().flatten().min()
    }

    /// Judges the state if that is due; gives a wish that came meanwhile.
    async fn judge_when_due(&mut self) -> anyhow::Result<Option<Wish>> {
        let begun = Instant::now();
        if self.due().is_none_or(|due| due > begun) {
            return Ok(None);
        }
        let calm = self.pace.is_calm(begun);
        let (settled, wish) = match settle(&mut self.live, &mut self.signals, calm).await? {
            Ok(settled) => settled,
            Err(wish) => return Ok(Some(wish)),
        };
        match settled {
            Settled::Restless => self.pace.restless(begun),
            Settled::Settled { overruns } => {
                let live =
                    self.live.inventory().context("this host's state can't be understood")?;
                self.inputs.set_live(live);
                let resync = (overruns > 0).then_some(Event::Resync { overruns });
                self.observe(resync.into_iter().collect())?;
                self.pace.judged(begun, Instant::now());
            }
        }
        Ok(wish)
    }

    /// Shows what the present inventories change, after `events`.
    fn observe(&mut self, mut events: Vec<Event>) -> anyhow::Result<()> {
        let started = self.watch.plan().is_some();
        events.extend(self.watch.observe(&self.inputs.inventories, self.begun.elapsed()));
        if started {
            self.told += u64::try_from(events.len()).unwrap_or(u64::MAX);
        }
        if events.is_empty() {
            return Ok(());
        }
        let at = now();
        self.sink.tell(&at, &events)?;
        self.sink.draw(&self.watch)?;
        self.execute(&at, &events)
    }

    fn execute(&mut self, at: &str, events: &[Event]) -> anyhow::Result<()> {
        let Some(hook) = &self.hook else { return Ok(()) };
        for event in events.iter().filter(|event| matches!(event, Event::Redirection(_))) {
            if let Some(note) = hook.push(render::event_json(at, event)?) {
                self.sink.note(at, &note);
            }
        }
        Ok(())
    }

    /// Reads policy and stored inventories again; where that fails the present ones stay.
    fn reload(&mut self) -> anyhow::Result<()> {
        let Some(live) = self.inputs.live().cloned() else { return Ok(()) };
        match Inputs::read(self.common, self.arguments, live) {
            Ok(inputs) => {
                self.watch.set_policy(inputs.policy.clone());
                self.inputs = inputs;
                self.observe(vec![Event::Reload])
            }
            Err(error) => self.note(&format!("not read again: {}", output::chain(error.as_ref()))),
        }
    }

    fn note(&mut self, text: &str) -> anyhow::Result<()> {
        self.sink.note(&now(), text);
        self.sink.draw(&self.watch)
    }

    fn is_enough(&self) -> bool {
        self.arguments.count.is_some_and(|count| self.told >= count)
    }
}

/// Brings the state up to date, with the last wish that came meanwhile; a wish to end is not kept
/// waiting and is the error.
async fn settle(
    live: &mut Live,
    signals: &mut Signals,
    calm: bool,
) -> anyhow::Result<Result<(Settled, Option<Wish>), Wish>> {
    let mut settling = pin!(live.settle(calm));
    let mut last = None;
    loop {
        tokio::select! {
            biased;
            wish = signals.next() => match wish {
                Wish::End(_) | Wish::Closed => return Ok(Err(wish)),
                Wish::Reload | Wish::Redraw => last = Some(wish),
            },
            settled = &mut settling => return Ok(Ok((settled?, last))),
        }
    }
}

fn program(arguments: &Arguments, silent: bool) -> Option<Program> {
    let name = arguments.exec.clone()?;
    let time_limit = Duration::from_secs(u64::from(arguments.exec_timeout));
    Some(Program { name, arguments: arguments.exec_arg.clone(), time_limit, silent })
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

async fn note(hook: Option<&mut Hook>) -> String {
    match hook {
        Some(hook) => hook.note().await,
        None => std::future::pending().await,
    }
}
