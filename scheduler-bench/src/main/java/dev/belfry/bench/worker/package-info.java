/** What runs inside the JVM of one agent, whichever scheduler it embeds. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.worker;
