# prints nothing: for the test of the test runner
