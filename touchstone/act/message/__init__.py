"""What people write in a conversation: drafts, notes to each other, replies to the customer."""
