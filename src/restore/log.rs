//! A real event log beside the prediction.
//!
//! Lines may have time stamps or anything else before what the scheduler says, and quotes after it;
//! lines of others are skipped. Nodes report in any order, so that of the lines about tasks is free.

use std::collections::BTreeMap;

use super::events::STATES;
use crate::model::{LogComparison, LogDifference, NodeName, RestoreEvent};

/// Compares the events of a log with the predicted ones. Of several restores in one log the last
/// is meant; a log that has its newest line first is read from its end.
#[must_use]
pub fn compare(predicted: &[RestoreEvent], log: &str) -> LogComparison {
    let mut lines: Vec<Line> =
        (1..).zip(log.lines()).filter_map(|(number, text)| read(number, text)).collect();
    let newest_first = is_reversed(&lines);
    if newest_first {
        lines.reverse();
    }
    let started = |line: &&Line| line.event == Some(RestoreEvent::Started);
    let runs = lines.iter().filter(started).count();
    if runs > 1 {
        let last = lines.iter().rposition(|line| started(&line)).unwrap_or(0);
        lines.drain(..last);
    }
    let mut differences = Vec::new();
    counts_and_presence(predicted, &lines, &mut differences);
    order(&lines, &mut differences);
    LogComparison { found: lines.len(), runs, newest_first, differences }
}

/// A line of the scheduler.
struct Line {
    number: usize,
    text: String,
    /// The event, if it is one that is known.
    event: Option<RestoreEvent>,
}

/// The line, if the scheduler or the resource controller says something of a restore in it.
fn read(number: usize, text: &str) -> Option<Line> {
    let event = event(text);
    let told = ["[SchedulerService]", "[RC]"].iter().find_map(|source| text.find(source));
    if event.is_none() && (told.is_none() || !text.to_lowercase().contains("restor")) {
        return None;
    }
    let text = text.get(told.unwrap_or(0)..).unwrap_or_default();
    Some(Line { number, text: text.trim().to_owned(), event })
}

fn event(text: &str) -> Option<RestoreEvent> {
    if text.contains("The scheduler has started in restore mode") {
        return Some(RestoreEvent::Started);
    }
    if text.contains("Scheduler restore complete") {
        return Some(RestoreEvent::Complete);
    }
    cancelled(text).or_else(|| orphan(text))
}

/// `5 Running jobs were canceled during restore.`
fn cancelled(text: &str) -> Option<RestoreEvent> {
    let before = text.split_once(" jobs were canceled during restore")?.0;
    let mut words = before.split_whitespace().rev();
    let (state, count) = (words.next()?, words.next()?);
    let (state, _) = STATES.into_iter().find(|(name, _)| *name == state)?;
    let digits = count.trim_start_matches(|it: char| !it.is_ascii_digit());
    Some(RestoreEvent::Cancelled { state, count: digits.parse().ok()? })
}

/// `Task 27.137 is not running node R25-1234A1234 any more. Tries to cancel it`
fn orphan(text: &str) -> Option<RestoreEvent> {
    let rest = text.split_once("Task ")?.1;
    let (id, rest) = rest.split_once(" is not running ")?;
    let (node, _) =
        rest.strip_prefix("on ").unwrap_or(rest).strip_prefix("node ")?.split_once(" any more")?;
    let (job, task) = id.split_once('.')?;
    let (job, task, node) = (job.to_owned(), task.to_owned(), NodeName::new(node));
    Some(RestoreEvent::Orphan { job, task, node })
}

/// Place of an event among the others; tasks share one.
fn rank(event: &RestoreEvent) -> usize {
    match event {
        RestoreEvent::Started => 0,
        RestoreEvent::Cancelled { state, .. } => {
            1 + STATES.iter().position(|(name, _)| name == state).unwrap_or(0)
        }
        RestoreEvent::Orphan { .. } => 1 + STATES.len(),
        RestoreEvent::Complete => 2 + STATES.len(),
    }
}

/// Whether the end stands first, the beginning last, and all between runs backwards.
fn is_reversed(lines: &[Line]) -> bool {
    let events: Vec<&RestoreEvent> = lines.iter().filter_map(|line| line.event.as_ref()).collect();
    let ends = (events.first(), events.last());
    let turned = matches!(ends, (Some(RestoreEvent::Complete), Some(RestoreEvent::Started)));
    let ranks: Vec<usize> = events.iter().map(|event| rank(event)).collect();
    // In a log of several restores each begins anew after its own end.
    let falls = |pair: &[usize]| pair[0] >= pair[1] || pair[0] == 0;
    turned && ranks.windows(2).all(falls)
}

/// Events without their counts, so that another count is not another event.
fn kind(event: &RestoreEvent) -> RestoreEvent {
    match event {
        RestoreEvent::Cancelled { state, .. } => RestoreEvent::Cancelled { state, count: 0 },
        other => other.clone(),
    }
}

fn counts_and_presence(
    predicted: &[RestoreEvent],
    lines: &[Line],
    differences: &mut Vec<LogDifference>,
) {
    let mut open: BTreeMap<RestoreEvent, Vec<&RestoreEvent>> = BTreeMap::new();
    for event in predicted.iter().rev() {
        open.entry(kind(event)).or_default().push(event);
    }
    let mut found = Vec::new();
    for line in lines {
        let expected = line.event.as_ref().and_then(|event| open.get_mut(&kind(event))?.pop());
        match (expected, &line.event) {
            (
                Some(RestoreEvent::Cancelled { state, count: predicted }),
                Some(RestoreEvent::Cancelled { count, .. }),
            ) if predicted != count => found.push(LogDifference::Count {
                line: line.number,
                state,
                predicted: *predicted,
                found: *count,
            }),
            (Some(_), _) => {}
            (None, _) => {
                found
                    .push(LogDifference::Unexpected { line: line.number, text: line.text.clone() });
            }
        }
    }
    let is_open = |event: &&RestoreEvent| {
        open.get(&kind(event)).is_some_and(|left| left.iter().any(|it| it == event))
    };
    let missing = predicted.iter().filter(is_open);
    differences.extend(missing.map(|event| LogDifference::Missing { event: event.clone() }));
    differences.extend(found);
}

/// Events that stand behind one which should follow them.
fn order(lines: &[Line], differences: &mut Vec<LogDifference>) {
    let mut furthest: Option<&RestoreEvent> = None;
    for line in lines {
        let Some(event) = &line.event else { continue };
        match furthest {
            Some(before) if rank(before) > rank(event) => differences.push(LogDifference::Order {
                line: line.number,
                event: event.clone(),
                after: before.clone(),
            }),
            _ => furthest = Some(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn predicted() -> Vec<RestoreEvent> {
        let cancelled = |state, count| RestoreEvent::Cancelled { state, count };
        let orphan = |task: &str| RestoreEvent::Orphan {
            job: "27".to_owned(),
            task: task.to_owned(),
            node: NodeName::new("R25-1234A1234"),
        };
        vec![
            RestoreEvent::Started,
            cancelled("Running", 5),
            cancelled("Queued", 5),
            cancelled("Submitted", 1),
            cancelled("Validating", 0),
            orphan("137"),
            orphan("138"),
            RestoreEvent::Complete,
        ]
    }

    fn log() -> Vec<String> {
        predicted().iter().map(line).collect()
    }

    fn told(log: &[String]) -> Vec<String> {
        let told = |it: &LogDifference| match it {
            LogDifference::Missing { event } => format!("missing {}", line(event)),
            LogDifference::Unexpected { line, text } => format!("unexpected {line} {text}"),
            LogDifference::Count { line, state, predicted, found } => {
                format!("count {line} {state} {predicted} {found}")
            }
            LogDifference::Order { line: at, after, .. } => {
                format!("order {at} after {}", line(after))
            }
        };
        compare(&predicted(), &log.join("\r\n")).differences.iter().map(told).collect()
    }

    #[test]
    fn a_log_as_predicted_agrees_with_whatever_stands_around_it() {
        assert_eq!(told(&log()), [""; 0]);
        let mut stamped: Vec<String> =
            log().iter().map(|it| format!("07/04/2011 09:00:01.5 1234 {it}\"")).collect();
        stamped.insert(3, "07/04/2011 [SchedulerService] Job 12 was canceled.".to_owned());
        stamped.insert(0, "noise".to_owned());
        assert_eq!(told(&stamped), [""; 0]);
        let bare: Vec<String> =
            log().iter().map(|it| it.split("] ").nth(1).unwrap().to_owned()).collect();
        assert_eq!(told(&bare), [""; 0]);
        let mut tasks_turned = log();
        tasks_turned.swap(5, 6);
        assert_eq!(told(&tasks_turned), [""; 0]);
    }

    #[test]
    fn every_difference_is_named() {
        let mut changed = log();
        changed[1] = changed[1].replace('5', "15");
        assert_eq!(told(&changed), ["count 2 Running 5 15"]);
        let mut changed = log();
        changed.remove(5);
        assert_eq!(told(&changed), [format!("missing {}", log()[5])]);
        let mut changed = log();
        changed.insert(6, changed[5].replace("137", "139"));
        let said = told(&changed);
        assert!(
            said.len() == 1 && said[0].starts_with("unexpected 7 [RC] Task 27.139"),
            "{said:?}"
        );
        let mut changed = log();
        changed.swap(1, 2);
        assert_eq!(told(&changed), [format!("order 3 after {}", log()[2])]);
        let mut changed = log();
        changed.insert(2, changed[1].clone());
        assert_eq!(told(&changed).len(), 1);
        let mut changed = log();
        changed
            .insert(4, "[SchedulerService] 3 Finishing jobs were canceled during restore.".into());
        assert!(told(&changed)[0].starts_with("unexpected 5"), "{:?}", told(&changed));
        assert_eq!(told(&[]).len(), predicted().len());
    }

    #[test]
    fn newest_first_and_older_restores_are_understood() {
        let mut reversed = log();
        reversed.reverse();
        let comparison = compare(&predicted(), &reversed.join("\n"));
        assert!(comparison.newest_first && comparison.differences.is_empty(), "{comparison:?}");
        let older = [log()[0].clone(), log()[1].replace('5', "9"), log()[7].clone()];
        let both = [older.to_vec(), log()].concat();
        let comparison = compare(&predicted(), &both.join("\n"));
        assert_eq!((comparison.runs, comparison.differences.len()), (2, 0), "{comparison:?}");
        let mut both = both;
        both.reverse();
        let comparison = compare(&predicted(), &both.join("\n"));
        assert!(comparison.newest_first && comparison.differences.is_empty(), "{comparison:?}");
    }
}
