/** The formal specification of the protocol, checked with every build and held against the code. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.spec;
