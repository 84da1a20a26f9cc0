//! Observing this host: netlink dumps and sysfs into a recording, a recording into an inventory.
