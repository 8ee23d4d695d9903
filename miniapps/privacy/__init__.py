"""A person's rights over his data: to have a copy of all of it, and to have it erased (个人信息权利)."""
