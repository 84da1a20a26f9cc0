//! CPU samples of nodes.

use std::collections::BTreeMap;
use std::path::Path;

use super::ImportError;
use super::table::rows;
use crate::import::files::read_any;
use crate::model::NodeName;
use crate::model::service::CpuSample;

const SECONDS: &str = "seconds since the node lost its master, such as 12.5";
const PERCENT: &str = "percent of one CPU, such as 0.5";
const AFTER: &str = "a time after the loss, which is at 0";
const ONE: &str = "what another row of this node tells for the same time";

/// CPU samples by node, in order of time, whatever the order of their rows: a table with the columns node, seconds (since the node
/// lost its master) and percent (of one CPU, over the time since the sample before).
///
/// # Errors
/// A file that can't be read, and the first cell that is wrong with its line and column.
pub fn read_cpu_samples(path: &Path) -> Result<BTreeMap<NodeName, Vec<CpuSample>>, ImportError> {
    let (bytes, origin) = read_any(path)?;
    parse_cpu_samples(&bytes, &origin)
}

/// The same from bytes; `origin` is their name in errors.
///
/// # Errors
/// The first cell that is wrong with its line and column.
pub fn parse_cpu_samples(
    bytes: &[u8],
    origin: &str,
) -> Result<BTreeMap<NodeName, Vec<CpuSample>>, ImportError> {
    // The bits of numbers that are not negative are in the order of the numbers.
    let mut samples: BTreeMap<NodeName, BTreeMap<u64, CpuSample>> = BTreeMap::new();
    rows((bytes, origin), ["node", "seconds", "percent"], |[node, seconds, percent]| {
        let name = NodeName::new(node.name("the name of a node")?);
        let sample =
            CpuSample { at_s: seconds.number(SECONDS)?, percent: percent.number(PERCENT)? };
        if sample.at_s <= 0.0 {
            return Err(seconds.wrong(AFTER));
        }
        let own = samples.entry(name).or_default();
        match own.insert(sample.at_s.to_bits(), sample) {
            Some(before) if before != sample => Err(percent.wrong(ONE)),
            _ => Ok(()),
        }
    })?;
    if samples.is_empty() {
        return Err(ImportError::Empty { origin: origin.to_owned() });
    }
    Ok(samples.into_iter().map(|(node, own)| (node, own.into_values().collect())).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<BTreeMap<NodeName, Vec<CpuSample>>, String> {
        parse_cpu_samples(text.as_bytes(), "cpu.csv").map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let told = read(
            "\u{feff}Percent,node,host,seconds\n# quiet\n0.5,n1,x,10\n\n90,n2,x,10\n1, n1 ,x, 20\n",
        );
        let told = told.unwrap();
        assert_eq!(told.len(), 2);
        assert_eq!(told["n1"][1], CpuSample { at_s: 20.0, percent: 1.0 });
    }

    #[test]
    fn rows_may_stand_in_any_order_and_twice() {
        let header = "node,seconds,percent";
        let sorted = read(&format!("{header}\nn1,1,1\nn1,9.5,2\nn1,10,3\nn2,4,5\n"));
        let mixed = read(&format!("{header}\nn1,10,3\nn2,4,5\nn1,1,1\nn1,9.5,2\nn1,10,3\n"));
        assert_eq!(sorted, mixed);
        assert!(sorted.is_ok());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_value() {
        let error = |text: &str| read(text).unwrap_err();
        let header = "node,seconds,percent\n";
        for (row, told) in [
            ("n1,1,-1", "line 2, percent: \"-1\" is not percent of one CPU"),
            ("n1,1,NaN", "\"NaN\""),
            ("n1,1,inf", "\"inf\""),
            ("n1,x,1", "line 2, seconds"),
            ("n1,0,1", "line 2, seconds: \"0\" is not a time after the loss"),
            ("n1,-0,1", "after the loss"),
            ("n1,2,1\nn2,2,3\nn1,2,3", "line 4, percent: \"3\" is not what another row"),
            (",1,1", "line 2, node"),
            ("n1", "line 2, seconds: \"\""),
        ] {
            let text = error(&format!("{header}{row}\n"));
            assert!(text.contains(told), "{row}: {text}");
        }
        assert!(error("node,percent\nn1,1").contains("no column \"seconds\""));
        assert!(error("").contains("holds no document"));
        assert!(error(header).contains("holds no document"));
        assert!(parse_cpu_samples(&[0xff, 0xfe], "x").unwrap_err().to_string().contains("UTF-8"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_samples_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_cpu_samples(&bytes, "x");
        }

        #[test]
        fn any_rows_are_samples_or_an_error(rows in "(node,seconds,percent\n)?([a-z0-9.,\"#\n-]{0,200})") {
            let _ = parse_cpu_samples(rows.as_bytes(), "x");
        }
    }
}
