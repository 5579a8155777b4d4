"""Many configs kept in one document: exported, compared with what is stored, applied all or nothing."""
