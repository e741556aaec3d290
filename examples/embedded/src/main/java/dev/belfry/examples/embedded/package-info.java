/** An agent embedded in a plain main. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.embedded;
