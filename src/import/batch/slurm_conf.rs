//! `slurm.conf`: controllers, time-outs, and where state is kept.
//!
//! Keys are matched in any letter case, `#` begins a comment unless `\` stands before it, and a `\`
//! at a line's end joins the next line. Lines of nodes, partitions and the like are skipped.

use super::BatchError;
use super::error::At;
use super::hosts::is_host_name;
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat, Controller, SlurmConfig};

/// Keys one of which every `slurm.conf` has.
const TELLTALE: [&str; 6] =
    ["clustername", "slurmctldhost", "controlmachine", "statesavelocation", "nodename", "authtype"];
/// Most controllers that Slurm takes.
const MOST: usize = 16;

/// Whether the text is one.
pub(super) fn is_one(text: &str) -> bool {
    let key = |line: &str| line.split('=').next().map(|it| it.trim().to_ascii_lowercase());
    let tells = |line: &str| key(line).is_some_and(|it| TELLTALE.contains(&it.as_str()));
    text.lines().any(|line| line.contains('=') && tells(line))
}

/// Reads it.
///
/// # Errors
/// The first value that is wrong.
pub(super) fn read(source: Source<'_>) -> Result<BatchDump, BatchError> {
    let mut dump = BatchDump::new(source.origin, BatchFormat::SlurmConf);
    let mut config = SlurmConfig::default();
    for (number, line) in logical_lines(source.text) {
        if line.get(..8).is_some_and(|it| it.eq_ignore_ascii_case("include ")) {
            let file = line[8..].trim();
            dump.note(format!("{} includes {file}, which is not read", source.origin));
            continue;
        }
        for (place, (key, value)) in pairs(&line).into_iter().enumerate() {
            let key = key.to_ascii_lowercase();
            if place == 0 && OTHER_LINES.contains(&key.as_str()) {
                break;
            }
            let path = format!("line {number}");
            set(&mut config, &key, &value, At { origin: source.origin, path: &path })?;
        }
    }
    dump.config = Some(config);
    Ok(dump)
}

/// First keys of lines that describe other things.
const OTHER_LINES: [&str; 5] =
    ["nodename", "partitionname", "nodeset", "downnodes", "frontendname"];

fn set(config: &mut SlurmConfig, key: &str, value: &str, at: At<'_>) -> Result<(), BatchError> {
    let number = || {
        let wrong = |_| at.wrong(key, value, "a whole number");
        value.parse::<u32>().map(Some).map_err(wrong)
    };
    match key {
        "clustername" => config.cluster = Some(value.to_owned()),
        "slurmctldhost" | "backupcontroller" => {
            config.controllers.push(controller(key, value, at)?);
        }
        "controlmachine" => config.controllers.insert(0, controller(key, value, at)?),
        "slurmctldtimeout" => config.slurmctld_timeout_s = number()?,
        "slurmdtimeout" => config.slurmd_timeout_s = number()?,
        "firstjobid" => config.first_job_id = number()?,
        "jobrequeue" => config.job_requeue = number()?.map(|it| it != 0),
        "statesavelocation" => config.state_save_location = Some(value.to_owned()),
        "slurmuser" => config.user = Some(value.to_owned()),
        _ => {}
    }
    if config.controllers.len() > MOST {
        return Err(at.wrong(key, value, format!("one of at most {MOST} controllers")));
    }
    Ok(())
}

/// `head1` or `head1(10.0.0.1)`.
fn controller(key: &str, value: &str, at: At<'_>) -> Result<Controller, BatchError> {
    let (name, address) = match value.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')),
        None => (value, None),
    };
    let names = [Some(name), address].into_iter().flatten();
    if (value.contains('(') && address.is_none()) || !names.clone().all(is_host_name) {
        return Err(at.wrong(key, value, "a host, or host(address)"));
    }
    Ok(Controller { name: name.to_owned(), address: address.map(str::to_owned) })
}

/// Lines without comments, joined where they continue, each with the number of its first line.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = without_comment(line);
        let line = line.trim_end();
        let (line, more) = match line.strip_suffix('\\') {
            Some(line) => (line, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, last)) => *last += line,
            None => lines.push((number, line.trim_start().to_owned())),
        }
        goes_on = more;
    }
    lines
}

fn without_comment(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'#') => {
                kept.extend(characters.next());
            }
            '#' => break,
            other => kept.push(other),
        }
    }
    kept
}

/// The `key=value` pairs of a line; a value may stand in double quotes.
fn pairs(line: &str) -> Vec<(String, String)> {
    let (mut pairs, mut rest) = (Vec::new(), line.trim());
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        let key = key.split_whitespace().next_back().unwrap_or_default();
        pairs.push((key.to_owned(), value.to_owned()));
        rest = next;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<BatchDump, BatchError> {
        read(Source { origin: "slurm.conf", text })
    }

    #[test]
    fn keys_are_read_in_any_notation() {
        let text = "# a cluster\nClusterName=hpc AuthType=auth/munge\nslurmctldHOST=head1(10.0.0.1)\n\
                    SlurmctldHost=head2 # the second\nSlurmctldTimeout = \\\n 30\n\
                    StateSaveLocation=\"/shared/state dir\"\nInclude /etc/slurm/nodes.conf\n\
                    NodeName=n[1-4] CPUs=8 StateSaveLocation=no\nJobRequeue=0\nNew=\\#1\n";
        assert!(is_one(text));
        let dump = read_text(text).unwrap();
        let config = dump.config.unwrap();
        assert_eq!(config.cluster.as_deref(), Some("hpc"));
        let names: Vec<&str> = config.controllers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["head1", "head2"]);
        assert_eq!(config.controllers[0].address.as_deref(), Some("10.0.0.1"));
        assert_eq!(config.slurmctld_timeout_s, Some(30));
        assert_eq!(config.state_save_location.as_deref(), Some("/shared/state dir"));
        assert_eq!(config.job_requeue, Some(false));
        assert_eq!(dump.notes, ["slurm.conf includes /etc/slurm/nodes.conf, which is not read"]);
    }

    #[test]
    fn wrong_values_are_named_with_their_line() {
        let error = read_text("ClusterName=a\nSlurmdTimeout=soon\n").unwrap_err().to_string();
        assert_eq!(error, "slurm.conf: line 2.slurmdtimeout: \"soon\" is not a whole number");
        let error = read_text("SlurmctldHost=a(b\n").unwrap_err().to_string();
        assert!(error.contains("\"a(b\" is not a host"), "{error}");
        assert!(!is_one("server1,server2\n"));
    }
}
