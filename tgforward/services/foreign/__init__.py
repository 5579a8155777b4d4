"""Config files of other forwarders, told in terms of ours: what can be, and a remark for all that cannot."""
