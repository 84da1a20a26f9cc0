//! Jobs on orphaned nodes.

use std::collections::BTreeMap;
use std::path::Path;

use super::ImportError;
use super::table::rows;
use crate::import::files::read_any;
use crate::model::NodeName;
use crate::model::service::OrphanJob;

const ENDS: &str = "seconds from the loss to the job's end, such as 3600, or nothing";

/// Jobs by name: a table with the columns job, node and ends (seconds from the loss to its end,
/// empty where that is not known), with a row for each node of a job.
///
/// # Errors
/// A file that can't be read, and the first cell that is wrong with its line and column.
pub fn read_orphan_jobs(path: &Path) -> Result<Vec<OrphanJob>, ImportError> {
    let (bytes, origin) = read_any(path)?;
    parse_orphan_jobs(&bytes, &origin)
}

/// The same from bytes; `origin` is their name in errors.
///
/// # Errors
/// The first cell that is wrong with its line and column.
pub fn parse_orphan_jobs(bytes: &[u8], origin: &str) -> Result<Vec<OrphanJob>, ImportError> {
    let mut jobs: BTreeMap<String, OrphanJob> = BTreeMap::new();
    rows((bytes, origin), ["job", "node", "ends"], |[job, node, ends]| {
        let name = job.name("the name of a job")?;
        let node_name = NodeName::new(node.name("the name of a node")?);
        let ends_s = if ends.text.is_empty() { None } else { Some(ends.number(ENDS)?) };
        let own = jobs.entry(name.to_owned()).or_insert_with(|| OrphanJob {
            name: name.to_owned(),
            nodes: Vec::new(),
            ends_s,
        });
        match (own.ends_s, ends_s) {
            (Some(before), Some(now)) if before.total_cmp(&now).is_ne() => {
                return Err(ends.wrong("the end that another row of this job tells"));
            }
            (before, now) => own.ends_s = before.or(now),
        }
        if !own.nodes.contains(&node_name) {
            own.nodes.push(node_name);
        }
        Ok(())
    })?;
    Ok(jobs.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_job_are_joined() {
        let text = "job,node,ends\n7,n1,\n7,n2,60\n8,n1,\n7,n1,60\n";
        let jobs = parse_orphan_jobs(text.as_bytes(), "jobs.csv").unwrap();
        assert_eq!(jobs.len(), 2);
        assert_eq!((jobs[0].nodes.len(), jobs[0].ends_s), (2, Some(60.0)));
        assert_eq!(jobs[1].ends_s, None);
    }

    #[test]
    fn two_ends_of_a_job_contradict_each_other() {
        let error =
            |text: &str| parse_orphan_jobs(text.as_bytes(), "jobs.csv").unwrap_err().to_string();
        assert!(error("job,node,ends\n7,n1,60\n7,n2,61\n").contains("line 3, ends: \"61\""));
        assert!(error("job,node,ends\n7,n1,soon\n").contains("\"soon\""));
        assert!(error("job,nodes,ends\n").contains("no column \"node\""));
    }
}
