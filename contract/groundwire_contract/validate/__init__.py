"""What Google's front end does with a request before a method sees it: route, read, validate, refuse."""
