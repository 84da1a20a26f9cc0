//! Reading inventories, recordings and iproute2 output from files.
