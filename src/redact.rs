//! Replacing link-layer addresses and host names by stable hashes.
//!
//! The same input gives the same output in every run and on every node, so duplicates stay
//! visible. IP addresses are kept: without them there is no network to plan. Without a key a
//! link-layer address can be found again by trying all of a vendor's addresses.

mod inventory;
mod learned;
mod learning;
mod link_layer;
mod recording;
mod texts;
mod words;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest, Sha256};

use crate::model::Mac;
use learned::{Learned, hex_groups};
use link_layer::{
    ETHERNET, GUID_AT, IPOIB, ethernet_of, eui64, from_hex, identifies, local_unicast,
};

/// Shortest identifier that is looked for in raw bytes; a shorter one would be found by chance.
const MIN_IDENTIFIER: usize = 6;

/// Replaces what identifies machines by hashes.
///
/// It replaces link-layer addresses (also inside IPv6 addresses, interface names and texts), host
/// names, identifiers of embedded switches and their ports, and the names of storage targets.
/// Addresses that are all zero or all ones are kept, and those of 4 and 16 bytes, which are the IP
/// addresses of tunnels.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    key: Vec<u8>,
    learned: Learned,
    names: BTreeMap<String, String>,
    targets: BTreeMap<String, String>,
}

impl Redactor {
    /// A redactor that has learned nothing. A secret key keeps others from finding out by trial
    /// what was hashed; hashes are comparable where the key is the same.
    #[must_use]
    pub fn new(key: Option<&[u8]>) -> Self {
        Self { key: key.unwrap_or_default().to_vec(), ..Self::default() }
    }

    /// The link-layer address in place of `mac`, of the same length.
    ///
    /// 6 bytes become a locally administered unicast address; of 20 bytes (IPoIB) the GUID is
    /// replaced.
    #[must_use]
    pub fn mac(&self, mac: &Mac) -> Mac {
        let bytes = mac.bytes();
        if !identifies(bytes) {
            return mac.clone();
        }
        let at = if bytes.len() == IPOIB { GUID_AT } else { 0 };
        let (kept, hashed) = bytes.split_at(at);
        let local = local_unicast(self.hash("mac", hashed, hashed.len()));
        let redacted = [kept, &local].concat();
        Mac::from_bytes(&redacted).unwrap_or_else(|| mac.clone())
    }

    /// The host name in place of `name`, in any letter case: `node-` and 8 hexadecimal digits.
    #[must_use]
    pub fn host(&self, name: &str) -> String {
        let hash = self.hash("host", name.to_lowercase().as_bytes(), 4);
        format!("node-{}", hex_groups(&hash, 4, ""))
    }

    /// The IP address in place of `address`: another one when it is an IPv6 address whose
    /// interface identifier was made of a link-layer address of 6 bytes, or of one learned.
    #[must_use]
    pub fn ip(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V6(address) => IpAddr::V6(self.ipv6(address)),
            IpAddr::V4(_) => address,
        }
    }

    /// What was learned comes first: an InfiniBand GUID can look as if made of 6 bytes.
    fn ipv6(&self, address: Ipv6Addr) -> Ipv6Addr {
        let mut octets = address.octets();
        let (_, identifier) = octets.split_at_mut(8);
        self.learned.replace(identifier);
        if *identifier == address.octets()[8..]
            && let Some(mac) = ethernet_of(identifier)
            && let Some(redacted) = eui64(self.mac(&mac).bytes())
        {
            identifier.copy_from_slice(&redacted);
        }
        Ipv6Addr::from(octets)
    }

    /// Replaces every learned link-layer address and identifier in `bytes`, in place and at the
    /// same length, so that a netlink message stays one.
    ///
    /// It knows no message format: a learned value that stands there by chance is replaced too.
    /// Host names are not replaced, because their length differs.
    pub fn bytes(&self, bytes: &mut [u8]) {
        self.learned.replace(bytes);
    }

    /// The name of an interface or device, or a path that such names are in, with learned
    /// link-layer addresses and identifiers replaced (`enx525400aabbcc`), at the same length.
    ///
    /// Host names are left, so that names in messages, paths and policies still fit each other.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        self.learned.replace_text(path)
    }

    /// The identifier in place of a hexadecimal one, of the same length; a short one or one that
    /// is not hexadecimal becomes 8 bytes, lest two become the same.
    fn identifier(&self, text: &str) -> String {
        let redacted = match from_hex(text) {
            Some(bytes) if bytes.len() >= MIN_IDENTIFIER => self.identifier_bytes(&bytes),
            _ => self.hash("identifier", text.as_bytes(), 8),
        };
        hex_groups(&redacted, redacted.len(), "")
    }

    /// A port's identifier is often its link-layer address, and then stays that.
    fn identifier_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        match Mac::from_bytes(bytes) {
            Some(mac) if bytes.len() == ETHERNET => self.mac(&mac).bytes().to_vec(),
            _ => self.hash("identifier", bytes, bytes.len()),
        }
    }

    /// The name in place of a storage target's, of the same type (`iqn`, `nqn`, `eui`…).
    fn target(&self, name: &str) -> String {
        let hash = hex_groups(&self.hash("target", name.as_bytes(), 8), 8, "");
        match name.split_once('.') {
            Some((kind @ ("iqn" | "nqn"), _)) => format!("{kind}.1970-01.redacted:{hash}"),
            Some((kind @ ("eui" | "naa"), _)) => format!("{kind}.{hash}"),
            _ => format!("target-{hash}"),
        }
    }

    /// `length` bytes (at most 32, longer ones repeat) of SHA-256 over the key's length, the key,
    /// the sort of input and the input.
    fn hash(&self, sort: &str, input: &[u8], length: usize) -> Vec<u8> {
        let digest = Sha256::new()
            .chain_update(self.key.len().to_le_bytes())
            .chain_update(&self.key)
            .chain_update(sort)
            .chain_update([0])
            .chain_update(input)
            .finalize();
        digest.iter().copied().cycle().take(length).collect()
    }
}

#[cfg(test)]
mod tests;
