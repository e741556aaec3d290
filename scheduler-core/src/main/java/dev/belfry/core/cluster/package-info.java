/** Where the features meet: what definitions, agents and the table together mean for the plan. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.cluster;
