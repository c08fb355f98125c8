"""What customers are asked to vote on."""
