//! Many migrations at once, over all processors, answered in their order.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::args::MigrateFormat;
use super::super::output::{self, Outcome};
use super::outcome;
use crate::migration;
use crate::model::{Forecast, Specification};
use crate::render::{self, Page};

/// Migrations that are answered in one go, at most.
const LARGEST_BLOCK: usize = 128;
/// Blocks for each processor, so that none is left alone with the last.
const BLOCKS_PER_CORE: usize = 16;

/// Forecasts all and prints them as an array or a list.
pub(super) fn run(
    specs: &[Specification],
    format: MigrateFormat,
    page: Page,
) -> anyhow::Result<Outcome> {
    let mut output = output::writer();
    let moved = match format {
        MigrateFormat::Json => {
            output.write_all(b"[")?;
            let moved = answer(specs, &json, &mut |text| output.write_all(text))?;
            output.write_all(if specs.is_empty() { b"]\n" } else { b"\n]\n" })?;
            moved
        }
        MigrateFormat::Table => {
            let mut lines = Vec::new();
            let tell = |spec: &Specification, forecast: &Forecast, text: &mut Vec<u8>, _| {
                line(spec, forecast, page, text)
            };
            let moved = answer(specs, &tell, &mut |text| lines.write_all(text))?;
            writeln!(output, "{}\n", render::batch_summary(moved, specs.len()))?;
            output.write_all(&lines)?;
            moved
        }
    };
    output.flush()?;
    Ok(outcome(moved == specs.len()))
}

/// Adds the text of one forecast; the last argument tells whether it is the first of all.
type Tell<'a> =
    dyn Fn(&Specification, &Forecast, &mut Vec<u8>, bool) -> anyhow::Result<()> + Sync + 'a;

fn json(
    _: &Specification,
    forecast: &Forecast,
    text: &mut Vec<u8>,
    is_first: bool,
) -> anyhow::Result<()> {
    text.extend_from_slice(if is_first { b"\n" } else { b",\n" });
    Ok(serde_json::to_writer(text, &render::forecast(forecast))?)
}

fn line(
    spec: &Specification,
    forecast: &Forecast,
    page: Page,
    text: &mut Vec<u8>,
) -> anyhow::Result<()> {
    let (terms, changes) = (migration::terms(spec)?, Vec::new());
    let outlook = render::Outlook { spec, terms, forecast, network: None, changes };
    Ok(writeln!(text, "{}", outlook.line(page))?)
}

/// Part of the answer.
struct Block {
    text: Vec<u8>,
    moved: usize,
    count: usize,
}

/// Hands the texts of all forecasts to `write`, in order; how many migrations reach the target.
fn answer(
    specs: &[Specification],
    tell: &Tell<'_>,
    write: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> anyhow::Result<usize> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let size = specs.len().div_ceil(cores * BLOCKS_PER_CORE).clamp(1, LARGEST_BLOCK);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(cores * 4);
        for _ in 0..cores.min(specs.len().div_ceil(size)) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || work(specs, size, (next, tell), &sender));
        }
        drop(sender);
        in_order(&receiver, &bar(specs.len()), write)
    })
}

/// Takes block after block until there is none, or nobody wants the answer.
fn work(
    specs: &[Specification],
    size: usize,
    (next, tell): (&AtomicUsize, &Tell<'_>),
    sender: &SyncSender<(usize, anyhow::Result<Block>)>,
) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(first) = number.checked_mul(size).filter(|first| *first < specs.len()) else {
            return;
        };
        let end = specs.len().min(first + size);
        if sender.send((number, block(&specs[first..end], first == 0, tell))).is_err() {
            return;
        }
    }
}

fn block(specs: &[Specification], is_first: bool, tell: &Tell<'_>) -> anyhow::Result<Block> {
    let mut block = Block { text: Vec::new(), moved: 0, count: specs.len() };
    for (place, spec) in specs.iter().enumerate() {
        let forecast = migration::forecast(spec)?;
        block.moved += usize::from(forecast.outcome.is_moved());
        tell(spec, &forecast, &mut block.text, is_first && place == 0)?;
    }
    Ok(block)
}

fn in_order(
    receiver: &Receiver<(usize, anyhow::Result<Block>)>,
    bar: &ProgressBar,
    write: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> anyhow::Result<usize> {
    let (mut waiting, mut next, mut moved) = (BTreeMap::new(), 0, 0);
    for (number, block) in receiver {
        waiting.insert(number, block?);
        while let Some(block) = waiting.remove(&next) {
            write(&block.text)?;
            moved += block.moved;
            bar.inc(block.count as u64);
            next += 1;
        }
    }
    bar.finish_and_clear();
    Ok(moved)
}

/// A bar on a terminal, nothing elsewhere.
fn bar(count: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    let style = ProgressStyle::with_template("forecasting {bar:30} {pos}/{len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
