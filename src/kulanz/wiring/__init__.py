"""Where the house is put together: settings, urls, who listens to whom, what is verified."""
