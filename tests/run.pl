#!/usr/bin/perl
# Runs TAP tests, --jobs N of them at a time in the order given, as prove does, and ends in one plain
# line: N passed, N failed.
use strict;
use warnings;
use Getopt::Long;
use TAP::Harness;

my $jobs = 1;
GetOptions('jobs=i' => \$jobs) or exit 2;
$ENV{CMOCKA_MESSAGE_OUTPUT} = 'TAP';
$ENV{ASAN_OPTIONS}  //= 'detect_leaks=1:abort_on_error=0:exitcode=99';
$ENV{UBSAN_OPTIONS} //= 'print_stacktrace=1';
my $harness = TAP::Harness->new({
	jobs => $jobs,
	exec => sub {
		my ($self, $file) = @_;
		open(my $f, '<', $file) or return [$file];
		my $first = <$f> // '';
		return $first =~ m{^#!\s*/\S+/(?:env\s+)?(sh|perl|python3)\b} ? [$1, $file] : [$file];
	},
	verbosity => ($ENV{VERBOSE} ? 1 : 0),
	timer => 1,
	failures => 1,
});
my $results = $harness->runtests(@ARGV);
my $failed = $results->failed;
# A test program that dies, or prints fewer results than it planned, counts as one failure more.
for my $parser ($results->parsers) {
	$failed++ if !$parser->failed && ($parser->exit || $parser->parse_errors);
}
printf "%d passed, %d failed\n", scalar $results->passed, $failed;
exit($results->all_passed ? 0 : 1);
