//! What a node is asked to run, and how its answer is found in what it prints.

use std::time::Duration;

use super::RemoteProgram;

/// The command that every node is asked for: whatever the login shell is, it starts a POSIX shell
/// that reads the script from its standard input, so that nothing has to be quoted for anyone.
pub(super) const REMOTE_COMMAND: &str = "exec sh -s";

/// Line before the document; banners and what start-up files print come earlier.
const BEGIN: &str = "netplan-cluster-document-begins-7c1fe09d5a4b";
/// Line after the document; without it the answer was cut off.
const END: &str = "netplan-cluster-document-ends-7c1fe09d5a4b";

const BODY: &str = include_str!("script.sh");

/// The script for a node, where commands may run for `limit`, so that one that hangs does not
/// stay behind when the node is given up.
pub(super) fn compose(program: &RemoteProgram, limit: Duration) -> String {
    let seconds = limit.as_secs().max(1);
    format!("program={program}\nlimit={seconds}\nbegin={BEGIN}\nend={END}\n{BODY}")
}

/// Whether the line after the document is in `printed`, of which the first `searched` bytes are
/// known not to hold it.
pub(super) fn is_complete(printed: &[u8], searched: usize) -> bool {
    let overlap = END.len() + 2;
    let rest = printed.get(searched.saturating_sub(overlap)..).unwrap_or_default();
    find(rest, &line(END)).is_some()
}

/// Whether the line before the document is in `printed`.
pub(super) fn has_begun(printed: &[u8]) -> bool {
    find(printed, &line(BEGIN)).is_some()
}

/// The document between both lines.
pub(super) fn document(printed: &[u8]) -> Option<&[u8]> {
    let begin = line(BEGIN);
    let (_, after) = printed.split_at_checked(find(printed, &begin)? + begin.len())?;
    let (document, _) = after.split_at_checked(find(after, &line(END))?)?;
    Some(document)
}

fn line(marker: &str) -> Vec<u8> {
    format!("\n{marker}\n").into_bytes()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;
    use std::process::{Command, Output, Stdio};

    use super::*;

    /// Shells that a node may have as `sh`; those that are not installed here are left out, `sh`
    /// itself never is.
    const SHELLS: [&[&str]; 7] = [
        &["sh", "-s"],
        &["dash", "-s"],
        &["bash", "--posix", "-s"],
        &["busybox", "sh", "-s"],
        &["ksh", "-s"],
        &["mksh", "-s"],
        &["zsh", "--emulate", "sh", "-s"],
    ];

    const LIMIT: Duration = Duration::from_mins(1);

    const IP: &str = r#"
case "$*" in
"-j -d link") printf '%s\n' '[{"ifname":"eth0","alias":"a\\b\"c"}]' ;;
"-j addr") echo '[{"addr":1}]' ;;
"-j route show table all") ;;
*) echo 'RTNETLINK answers: no IPv6' >&2; exit 2 ;;
esac"#;

    /// Another process writes the file: while this one has it open for writing, a child that a
    /// test beside this one starts would have it open too, and it could not be run.
    fn tool(dir: &Path, name: &str, body: &str) {
        let mut write = Command::new("sh")
            .args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(dir.join(name))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = write.stdin.take().unwrap();
        write!(stdin, "#!/bin/sh\n{body}\n").unwrap();
        drop(stdin);
        assert!(write.wait().unwrap().success());
    }

    fn run_within(shell: &[&str], dir: &Path, limit: Duration) -> Option<Output> {
        let script = compose(&RemoteProgram::parse("netplan-cluster").unwrap(), limit);
        let mut child = Command::new(shell[0])
            .args(&shell[1..])
            .env("PATH", format!("{}:/usr/bin:/bin", dir.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(script.as_bytes()).unwrap();
        drop(stdin);
        Some(child.wait_with_output().unwrap())
    }

    /// What each installed shell makes of the script.
    fn in_every_shell(tools: &[(&str, &str)]) -> Vec<Output> {
        let dir = tempfile::tempdir().unwrap();
        for (name, body) in tools {
            tool(dir.path(), name, body);
        }
        let outputs: Vec<Output> =
            SHELLS.iter().filter_map(|shell| run_within(shell, dir.path(), LIMIT)).collect();
        assert!(!outputs.is_empty());
        outputs
    }

    fn documents(outputs: &[Output]) -> Vec<String> {
        let text = |output: &Output| {
            assert!(output.status.success(), "{output:?}");
            assert!(is_complete(&output.stdout, 0));
            String::from_utf8(document(&output.stdout).unwrap().to_vec()).unwrap()
        };
        outputs.iter().map(text).collect()
    }

    #[test]
    fn the_program_is_asked_first_and_cannot_read_the_script() {
        let program = r#"[ "$*" = discover ] || exit 9; cat; printf '%s\n' '{"by":"program \n"}'"#;
        let outputs = in_every_shell(&[("netplan-cluster", program), ("ip", "exit 1")]);
        for document in documents(&outputs) {
            assert_eq!(document, r#"{"by":"program \n"}"#);
        }
    }

    #[test]
    fn iproute2_is_asked_where_the_program_is_missing_or_fails() {
        let expected = r#""link":[{"ifname":"eth0","alias":"a\\b\"c"}],"addr":[{"addr":1}],"route":[],"route6":null,"lldp":null}"#;
        let missing = in_every_shell(&[("ip", IP)]);
        let failing =
            in_every_shell(&[("ip", IP), ("netplan-cluster", "echo half; echo no >&2; exit 1")]);
        for document in documents(&missing).into_iter().chain(documents(&failing)) {
            let start = "{\"schema\":\"netplan-cluster/iproute2/1\",\"node\":\"";
            assert!(document.starts_with(start), "{document}");
            assert!(document.ends_with(expected), "{document}");
            serde_json::from_str::<serde_json::Value>(&document).unwrap();
        }
    }

    #[test]
    fn lldpcli_is_asked_too_and_its_failure_is_no_failure() {
        let works = r#"[ "$*" = "-f json show neighbors" ] || exit 9
            printf '%s\n' '{"lldp": {"a\\b": "c"' '}}'"#;
        for document in documents(&in_every_shell(&[("ip", IP), ("lldpcli", works)])) {
            let document: serde_json::Value = serde_json::from_str(&document).unwrap();
            assert_eq!(document["lldp"], serde_json::json!({"lldp": {"a\\b": "c"}}));
        }
        let fails = "echo '{}'; echo 'unable to connect to socket' >&2; exit 1";
        for tool in [fails, "echo Usage: lldpcli", "exit 0"] {
            for output in in_every_shell(&[("ip", IP), ("lldpcli", tool)]) {
                let document = documents(std::slice::from_ref(&output)).remove(0);
                assert!(document.ends_with(r#""lldp":null}"#), "{tool}: {document}");
                assert!(!String::from_utf8(output.stderr).unwrap().contains("unable"));
            }
        }
    }

    #[test]
    fn an_lldpcli_that_hangs_is_given_up_in_time() {
        let dir = tempfile::tempdir().unwrap();
        tool(dir.path(), "ip", IP);
        tool(dir.path(), "lldpcli", "exec sleep 100");
        let output = run_within(&["sh", "-s"], dir.path(), Duration::from_secs(3)).unwrap();
        assert!(documents(&[output])[0].ends_with(r#""lldp":null}"#));
    }

    #[test]
    fn a_node_without_either_says_so() {
        let old_ip = r#"echo 'Option "-j" is unknown, try "ip -help".' >&2; exit 255"#;
        for output in in_every_shell(&[("ip", old_ip)]) {
            assert_eq!(output.status.code(), Some(3));
            let said = String::from_utf8(output.stderr).unwrap();
            let reason = "neither netplan-cluster nor iproute2's ip with -j is there\n";
            assert!(said.ends_with(reason), "{said}");
            assert!(!has_begun(&output.stdout));
        }
        let broken = ("netplan-cluster", "exit 1");
        for output in in_every_shell(&[("ip", old_ip), broken]) {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("netplan-cluster discover failed"), "{said}");
        }
    }

    #[test]
    fn a_large_document_passes_every_shell() {
        let program = "head -c 1000000 /dev/zero | tr '\\0' x";
        for document in documents(&in_every_shell(&[("netplan-cluster", program)])) {
            assert_eq!(document.len(), 1_000_000);
        }
    }

    #[test]
    fn the_end_is_found_across_pieces_and_noise_is_not_the_document() {
        let answer = format!("Welcome!\nno newline\n{BEGIN}\n{{}}\n{END}\n");
        for split in 0..answer.len() {
            assert!(!is_complete(&answer.as_bytes()[..split], 0));
            assert!(is_complete(answer.as_bytes(), split));
        }
        assert_eq!(document(answer.as_bytes()), Some("{}".as_bytes()));
        assert_eq!(document(format!("\n{END}\n\n{BEGIN}\n{{}}\n").as_bytes()), None);
    }
}
